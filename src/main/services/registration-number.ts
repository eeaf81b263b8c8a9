import { randomUUID } from 'node:crypto'
import { AppError } from '../../shared/errors'
import type { Language } from '../../shared/model/common'
import type { CodeEnrolment } from '../../shared/model/registration'
import { enrolmentChannels } from '../domain/registration'
import type { RegistrationMeans } from '../domain/registration'
import { readExtension } from '../domain/registration-extension'
import { maskNumber } from '../domain/sms-number'
import type { Destinations } from './codes-destinations'
import type { CodeEnrolments, CodeStart } from './registration-codes'
import { assertMayHave, assertNewDestination, assertNewLabel } from './registration-rules'
import type { IdentityCheck, Visit, Visits } from './registration-visits'
import type { Acting } from './session'

interface NumberParts {
  readonly destinations: Destinations
  readonly visits: Visits
  readonly codes: CodeEnrolments
  readonly means: () => Promise<RegistrationMeans>
}

export interface NumberStart extends IdentityCheck {
  readonly label: string
  readonly type: 'mobile' | 'alternative' | 'office'
  /** As the person in front of the desk says it; not looked at where `offer` names the directory's. */
  readonly number: string
  readonly offer: 'mobile' | 'telephone' | null
  readonly extension: string
  readonly channel: 'sms' | 'voice'
  readonly language: Language
}

/** Telephone numbers: proven by the code that was sent to them, or spoken, and read out by the person who stands there. */
export class NumberRegistration {
  readonly #parts: NumberParts

  constructor(parts: NumberParts) {
    this.#parts = parts
  }

  /**
   * Throws `number-invalid`, `number-not-mobile`, `extension-invalid`, `number-taken`, `offer-gone`, `already-registered {label}`,
   * `code-too-soon {at}`, `code-too-many {at}`, as `assertMayHave` before the approver is asked; as {@link Visits.record}, and what the
   * gateway says.
   */
  start(acting: Acting, input: NumberStart): Promise<CodeEnrolment> {
    const { visits, codes, destinations } = this.#parts
    const { type, label, channel } = input
    return visits.record(
      acting,
      input,
      {
        action: 'registration.start',
        details: { kind: 'phone', type, label, channel, source: input.offer === null ? 'person' : 'directory' },
      },
      (visit) => this.#prepare(visit, input),
      async (visit, prepared) => {
        const { destination } = prepared
        const method = { id: randomUUID(), personId: visit.card.id }
        const secret = await destinations.seal(method, destination)
        return codes.start(visit, { ...prepared, methodId: method.id, secret, language: input.language })
      },
    )
  }

  async #prepare(visit: Visit, input: NumberStart): Promise<Omit<CodeStart, 'methodId' | 'secret' | 'language'>> {
    const { codes, means, destinations } = this.#parts
    const { card, registered, scope } = visit
    const { type, label, channel } = input
    const here = await means()
    assertMayHave(type, card, registered, here)
    assertNewLabel(registered, label)

    const number = destinations.readNumber(saidNumber(visit, input, here))
    const extension = readExtension(input.extension)
    if (extension === null || (extension !== '' && type !== 'office')) throw new AppError('extension-invalid')
    const destination = { to: number.e164, extension }
    scope.note({ destination: maskNumber(number.e164), ...(extension === '' ? {} : { extension: true }) })

    if (channel === 'sms' && (type === 'office' || !number.mobile)) throw new AppError('number-not-mobile')
    const channels = enrolmentChannels({ type, takesText: number.mobile }, here)
    if (!channels.includes(channel)) throw new AppError(`${channel}-not-set-up`)
    await assertNewDestination(destinations, card.id, registered, { type, to: number.e164 })
    await codes.assertMaySend(channel, destination)
    return { type, label, destination, channel, channels, again: false, warning: null }
  }
}

/** Throws `offer-gone` for a number that the directory has no more, or that policy does not offer. */
function saidNumber({ numbers }: Visit, { offer, number }: NumberStart, { policy }: RegistrationMeans): string {
  if (offer === null) return number
  const offered = policy.offerDirectoryData ? numbers.get(offer) : undefined
  if (offered === undefined) throw new AppError('offer-gone')
  return offered
}
