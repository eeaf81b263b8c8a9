import { AppError } from '../../shared/errors'
import type { Language } from '../../shared/model/common'
import type { CheckResult, CodeChannel, ReverseCheck, VerificationStatus } from '../../shared/model/verification'
import type { AuditScope } from '../audit/audit'
import { methodWays } from '../domain/verification-methods'
import { newReverseCode } from '../domain/verification-reverse'
import type { VerificationMethod } from '../gateways/verification-method'
import type { Case, CaseMethod } from './case'
import type { CodeTarget } from './codes'
import type { PersonVault } from './person-vault'
import type { Acting } from './session'
import { usableMethod } from './verification-case'
import type { CaseWork, CaseWorkParts, Outcome } from './verification-case'
import { maskOf } from './verification-status'

export interface CodeCheckParts extends CaseWorkParts {
  readonly adapters: readonly VerificationMethod[]
  readonly personVault: PersonVault
}

interface Sent {
  readonly requestId: string
  readonly methodId: string
  readonly channel: CodeChannel
  readonly language: Language
}

/** How long the desk shows what it reads out, in seconds. */
const reverseSeconds = 10 * 60

/** Codes that the caller says: of their app, or sent to them by message, call or mail. */
export class CodeChecks {
  readonly #parts: CodeCheckParts
  readonly #work: CaseWork

  constructor(parts: CodeCheckParts, work: CaseWork) {
    this.#parts = parts
    this.#work = work
  }

  /**
   * Sends a code to the number or address of a registered method, or of the directory where policy lets it count; never to another one.
   * Throws `method-not-found`, `method-not-usable {reason}`, `checks-closed {until}`, `code-too-soon {at}`, `code-too-many {at}`, `sms-…`,
   * `voice-…`, `mail-…`, and what the holder's rule refuses.
   */
  send(acting: Acting, { requestId, methodId, channel, language }: Sent): Promise<VerificationStatus> {
    const details = { methodId, channel, language }
    return this.#work.inTurn(acting, requestId, { action: 'verification.send', details }, async (scope) => {
      const found = await this.#work.openCase(acting, requestId)
      const method = usableMethod(found, methodId)
      await this.#send({ found, method, channel, language, purpose: 'check' }, scope)
      return this.#work.again(found)
    })
  }

  /**
   * Sends the person what the desk reads out to them: whoever pretends to be the help desk does not know it. It ends no code of a check
   * and is none. Throws as {@link send}.
   */
  reverse(acting: Acting, { requestId, methodId, channel, language }: Sent): Promise<ReverseCheck> {
    const details = { methodId, channel, language }
    return this.#work.inTurn(acting, requestId, { action: 'verification.reverse', details }, async (scope) => {
      const found = await this.#work.openCase(acting, requestId)
      const method = reverseMethod(found, methodId)
      const code = newReverseCode(channel)
      await this.#send({ found, method, channel, language, purpose: 'reverse', code }, scope)
      const expiresAt = new Date(this.#parts.clock.now() + reverseSeconds * 1000).toISOString()
      return { code, expiresAt, status: await this.#work.again(found) }
    })
  }

  /** Throws `method-not-found`, `method-not-usable {reason}`, `checks-closed {until}` and what the holder's rule refuses. */
  check(
    acting: Acting,
    { requestId, methodId, code }: { readonly requestId: string; readonly methodId: string; readonly code: string },
  ): Promise<CheckResult> {
    const event = { action: 'verification.check', details: { methodId } } as const
    return this.#work.inTurn(acting, requestId, event, async (scope) => {
      const found = await this.#work.openCase(acting, requestId)
      const method = usableMethod(found, methodId)
      scope.note({ kind: method.kind })
      const answer =
        method.destination === null ? await this.#compare(method, code) : await this.#compareSent(found, method, code)
      return answer.matched ? this.#work.passed(found, method) : this.#work.failed(found, answer, scope)
    })
  }

  async #send(
    sent: {
      readonly found: Case
      readonly method: CaseMethod
      readonly language: Language
      readonly code?: string
    } & Pick<CodeTarget, 'channel' | 'purpose'>,
    scope: AuditScope,
  ): Promise<void> {
    const { found, method, channel, purpose, language, code } = sent
    scope.note({ kind: method.kind, source: method.source })
    const { destination } = method
    const way = methodWays(method, found.gate).find((each) => each.way === channel)
    if (destination === null || way === undefined) throw new AppError('method-not-usable', { reason: 'not-in-policy' })
    if (way.refusal === 'not-a-mobile') throw new AppError('number-not-mobile')
    if (way.refusal === 'not-in-policy') throw new AppError('method-not-usable', { reason: way.refusal })

    scope.note({ destination: maskOf(method) })
    const bound = { requestId: found.request.id, personId: found.request.personId, agentId: found.gate.agentId }
    const target = { ...destination, ...bound, methodId: method.id, channel, purpose }
    const { delivery } = await this.#parts.codes.send(target, language, code)
    scope.note({ delivery })
    if (delivery === 'unknown') scope.indeterminate()
  }

  async #compareSent(found: Case, method: CaseMethod, code: string): Promise<Outcome> {
    const { codes, stores, clock } = this.#parts
    const sent = await codes.lastOf({ requestId: found.request.id, agentId: found.gate.agentId })
    const answer = await codes.check(sent.get(method.id) ?? null, code)
    switch (answer) {
      case 'matched':
        if (method.source === 'registered') await stores.methods.used(method.id, clock.iso())
        return { matched: true }
      case 'wrong':
        return { matched: false, hint: null, counted: true }
      case 'malformed':
        return { matched: false, hint: answer, counted: true }
      case 'not-sent':
      case 'expired':
      case 'used-up':
        return { matched: false, hint: answer, counted: false }
    }
  }

  async #compare(method: CaseMethod, code: string): Promise<Outcome> {
    const { adapters, personVault, stores, clock, policy } = this.#parts
    const adapter = adapters.find(({ kind }) => kind === method.kind)
    if (adapter === undefined) throw new AppError('method-not-usable', { reason: 'not-in-policy' })

    const answer = await personVault.lendSecret(method, (seed) =>
      adapter.check(seed, code, {
        now: clock.now(),
        lastStep: method.lastStep,
        toleranceSteps: policy.totpToleranceSteps,
        stepSeconds: policy.totpStepSeconds,
      }),
    )
    if (!answer.matched) return { ...answer, counted: true }
    // The store has the last word: of two desks that got the same code, one accepts it.
    const accepted = await stores.methods.acceptStep(method.id, answer.step, answer.drift, clock.iso())
    return accepted ? { matched: true } : { matched: false, hint: 'replayed', counted: true }
  }
}

/** A method that was checked already may show that the desk is the desk all the same. */
function reverseMethod(found: Case, methodId: string): CaseMethod {
  return usableMethod({ ...found, gate: { ...found.gate, proofs: [] } }, methodId)
}
