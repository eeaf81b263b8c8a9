import { randomUUID } from 'node:crypto'
import { AppError } from '../../shared/errors'
import type { Language } from '../../shared/model/common'
import type { CodeEnrolment } from '../../shared/model/registration'
import { isWithinDomains, maskAddress, readAddress } from '../domain/registration-address'
import type { RegistrationMeans } from '../domain/registration'
import type { Destinations } from './codes-destinations'
import type { CodeEnrolments, CodeStart } from './registration-codes'
import { assertMayHave, assertNewDestination, assertNewLabel } from './registration-rules'
import type { IdentityCheck, Visit, Visits } from './registration-visits'
import type { Acting } from './session'

interface MailParts {
  readonly destinations: Destinations
  readonly visits: Visits
  readonly codes: CodeEnrolments
  readonly means: () => Promise<RegistrationMeans>
  /** The organisation's own domains, whose mail nobody reads who forgot their password. */
  readonly mailDomains: readonly string[]
}

export interface MailStart extends IdentityCheck {
  readonly label: string
  /** As the person says it; not looked at where `offer` names the directory's. */
  readonly address: string
  readonly offer: 'mail' | null
  readonly language: Language
}

/** Mail addresses beside the organisation's own: proven by the code that was sent there. Nothing goes into the directory. */
export class MailRegistration {
  readonly #parts: MailParts

  constructor(parts: MailParts) {
    this.#parts = parts
  }

  /**
   * Throws `address-invalid`, `address-taken`, `offer-gone`, `already-registered {label}`, `code-too-soon {at}`, `code-too-many {at}`, as
   * `assertMayHave` before the approver is asked; as {@link Visits.record}, and what the mail server says.
   */
  start(acting: Acting, input: MailStart): Promise<CodeEnrolment> {
    const { visits, codes, destinations } = this.#parts
    const { label } = input
    const source = input.offer === null ? 'person' : 'directory'
    return visits.record(
      acting,
      input,
      { action: 'registration.start', details: { kind: 'mail', type: 'mail', label, channel: 'mail', source } },
      (visit) => this.#prepare(visit, input),
      async (visit, prepared) => {
        const method = { id: randomUUID(), personId: visit.card.id }
        const secret = await destinations.seal(method, prepared.destination)
        return codes.start(visit, { ...prepared, methodId: method.id, secret, language: input.language })
      },
    )
  }

  async #prepare(visit: Visit, input: MailStart): Promise<Omit<CodeStart, 'methodId' | 'secret' | 'language'>> {
    const { codes, means, destinations, mailDomains } = this.#parts
    const { card, registered, scope } = visit
    const here = await means()
    assertMayHave('mail', card, registered, here)
    assertNewLabel(registered, input.label)

    const offered = here.policy.offerDirectoryData ? card.mail : ''
    if (input.offer !== null && offered === '') throw new AppError('offer-gone')
    const address = readAddress(input.offer === null ? input.address : offered)
    if (address === null) throw new AppError('address-invalid')
    const warning = isWithinDomains(address, mailDomains) ? ('own-domain' as const) : null
    scope.note({ destination: maskAddress(address), ...(warning === null ? {} : { warning }) })

    await assertNewDestination(destinations, card.id, registered, { type: 'mail', to: address })
    const destination = { to: address, extension: '' }
    await codes.assertMaySend('mail', destination)
    const mail = { type: 'mail', channel: 'mail', channels: ['mail'] } as const
    return { ...mail, label: input.label, destination, again: false, warning }
  }
}
