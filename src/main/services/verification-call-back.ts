import { AppError } from '../../shared/errors'
import type { CallSettings } from '../../shared/model/desk-settings'
import type { CallBackEvidence, VerificationStatus } from '../../shared/model/verification'
import type { AuditScope } from '../audit/audit'
import { maskNumber } from '../domain/sms-number'
import { attestationsAllowed, callBackNumbers, mayBeCalledBack } from '../domain/verification'
import { dialAddress } from '../domain/verification-dial'
import type { Case, CaseMethod } from './case'
import type { Destinations } from './codes-destinations'
import type { DesktopPort } from './desktop'
import type { Acting } from './session'
import { evidenceDetails, keepAttested } from './verification-attest'
import { methodOfKind } from './verification-case'
import type { CaseWork, CaseWorkParts } from './verification-case'

export interface CallBackParts extends CaseWorkParts {
  readonly destinations: Destinations
  readonly desktop: Pick<DesktopPort, 'dial'>
  readonly calls: CallSettings
}

interface Dialled {
  readonly requestId: string
  readonly methodId: string | null
  readonly field: 'mobile' | 'telephone' | null
}

/** The agent hangs up and calls the number that the desk knows (DOMAIN.md C2); the number itself never reaches the page. */
export class CallBacks {
  readonly #parts: CallBackParts
  readonly #work: CaseWork

  constructor(parts: CallBackParts, work: CaseWork) {
    this.#parts = parts
    this.#work = work
  }

  /**
   * Hands the number of a registered method, or an unchanged one of the directory, to the program that makes calls. Throws
   * `invalid-input` unless exactly one is named, `method-not-found`, `method-not-usable {reason}`, `attestation-not-allowed`,
   * `checks-closed {until}`, `dial-not-possible {scheme}`, and what the holder's rule refuses.
   */
  dial(acting: Acting, { requestId, methodId, field }: Dialled): Promise<void> {
    const details = methodId === null ? { field: field ?? '' } : { methodId }
    return this.#work.record(acting, requestId, { action: 'verification.dial', details }, async (scope) => {
      const found = await this.#work.openCase(acting, requestId)
      const { calls, desktop, destinations } = this.#parts
      if ((methodId === null) === (field === null)) throw new AppError('invalid-input')
      const destination =
        methodId === null
          ? { to: destinations.readNumber(directoryNumber(found, field)).e164, extension: '' }
          : callable(found, methodId).destination
      if (destination === null) throw new AppError('method-not-usable', { reason: 'not-in-policy' })
      scope.note({ destination: maskNumber(destination.to) })
      await desktop.dial(dialAddress(destination, calls))
    })
  }

  /**
   * The agent called the number of a registered method: a proof of kind `phone`, which an approver agrees to where policy wants it. Throws
   * as {@link dial}, and `approval-needed` while another one waits.
   */
  attest(acting: Acting, { requestId, methodId, evidence, note }: CallBackAttested): Promise<VerificationStatus> {
    const details = { kind: 'call-back', methodId, ...evidenceDetails(evidence) }
    const event = { action: 'verification.attest', details } as const
    return this.#work.inTurn(acting, requestId, event, async (scope: AuditScope) => {
      const { policy, stores, clock } = this.#parts
      const found = await this.#work.openCase(acting, requestId)
      const method = callable(found, methodId)
      scope.note({ destination: maskNumber(method.destination?.to ?? '') })
      const { kind, label } = method
      const approval = policy.callBackNeedsApproval ? 'waiting' : null
      const proof = this.#work.proofOf(found, { kind, methodId, label, attestation: 'call-back', approval })
      await keepAttested(this.#parts, acting, found, proof, note)
      if (approval === null && method.source === 'registered') {
        await stores.methods.used(methodId, clock.iso())
        await stores.methods.confirm(methodId, clock.iso())
      }
      return this.#work.again(found)
    })
  }
}

interface CallBackAttested {
  readonly requestId: string
  readonly methodId: string
  readonly evidence: CallBackEvidence
  readonly note: string
}

function callable(found: Case, methodId: string): CaseMethod {
  const method = methodOfKind(found, methodId, 'phone')
  if (!mayBeCalledBack(method, found.gate)) throw new AppError('method-not-usable', { reason: 'not-in-policy' })
  return method
}

function directoryNumber(found: Case, field: Dialled['field']): string {
  const allowed = attestationsAllowed(found.gate).includes('call-back')
  const known = callBackNumbers(found.gate).find((number) => number.field === field)
  const number = known === undefined ? undefined : found.person.numbers.get(known.field)
  if (!allowed || number === undefined) throw new AppError('attestation-not-allowed')
  return number
}
