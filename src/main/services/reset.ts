import { AppError } from '../../shared/errors'
import type { PersonId } from '../../shared/model/common'
import type { Operator } from '../../shared/model/operator'
import type { AccountState, PersonCard } from '../../shared/model/person'
import type { ResetRequest } from '../../shared/model/request'
import type { ResetOutcome, ResetPreview } from '../../shared/model/reset'
import type { AuditRecorder, AuditScope } from '../audit/audit'
import type { WriteAnswer } from '../directory/directory'
import { assertChecksOpen } from '../domain/failures'
import { checkAgainstPolicy, temporaryPassword, temporaryPasswordLength } from '../domain/passwords'
import { assertWorksOn, stepRequest } from '../domain/requests'
import { assertGate } from '../domain/verification'
import type { Log } from '../log'
import type { Stores } from '../stores/stores'
import { actorOf, subjectOf } from './audit-subjects'
import { readCase } from './case'
import type { Case, CaseParts } from './case'
import type { DesktopPort } from './desktop'
import type { Emit } from './events'
import { blockersOf, canSignIn, passwordWrite, warningsOf } from './reset-outcome'
import type { Acting } from './session'
import { ShownPasswords } from './shown-passwords'

interface ResetParts extends CaseParts {
  readonly stores: CaseParts['stores'] & Pick<Stores, 'requests'>
  readonly audit: AuditRecorder
  readonly desktop: Pick<DesktopPort, 'copySecret' | 'forgetSecret'>
  readonly emit: Emit
  readonly log: Log
}

type Action = 'reset' | 'unlock'

/** A write without an answer: "check again" reads the same server. */
interface UnknownWrite {
  readonly action: Action
  readonly server: string
  readonly agentId: PersonId
  readonly before: AccountState
  /** `null` for an unlock, and once the session ended. */
  readonly password: string | null
  /** Checked again without an answer either way: a further write is allowed, with a new proof. */
  readonly rechecked: boolean
}

/** What is known after a write that was answered, or found by "check again". */
interface Written {
  readonly action: Action
  readonly operator: Operator
  readonly request: ResetRequest
  readonly server: string
  readonly password: string | null
  readonly missed: ResetOutcome['missed']
  readonly state: AccountState | null
}

type Unaudited = Omit<ResetOutcome, 'auditFailed'>

/**
 * The gate (DESIGN.md §5.1): the only way to a password write or an unlock. Everything is judged by what directory and stores
 * say now, the proofs are spent by a committed compare-and-set before the write, and only a definite refusal by the server
 * gives them back.
 */
export class ResetService {
  readonly #parts: ResetParts
  readonly #shown = new ShownPasswords()
  readonly #unknown = new Map<string, UnknownWrite>()
  /** Counts ended sessions: a password that was set for an earlier one is not shown to the next. */
  #sessions = 0

  constructor(parts: ResetParts) {
    this.#parts = parts
  }

  /** What the dialog shows before anything is written. */
  async preview(acting: Acting, requestId: string): Promise<ResetPreview> {
    const request = await this.#parts.stores.requests.get(requestId)
    const { card } = await acting.directory.card(request.personId)
    const policy = await acting.directory.passwordPolicy(request.personId)
    return {
      requestId,
      policy,
      state: card.state,
      blockers: blockersOf(card.state),
      warnings: warningsOf(card, policy),
      passwordLength: temporaryPasswordLength(this.#minimumLength(policy.minLength)),
    }
  }

  /** Sets a temporary password, unlocks, and requires a change. Throws what the gate lacks, or the server's refusal. */
  perform(acting: Acting, requestId: string): Promise<ResetOutcome> {
    return this.#audited('reset.password', acting, requestId, (scope) => this.#pass('reset', acting, requestId, scope))
  }

  /** Ends a lock and leaves the password alone; behind the same gate. */
  unlock(acting: Acting, requestId: string): Promise<ResetOutcome> {
    return this.#audited('reset.unlock', acting, requestId, (scope) => this.#pass('unlock', acting, requestId, scope))
  }

  /** Asks the server of an unknown write what became of it. Throws `not-available` when there is none. */
  recheck(acting: Acting, requestId: string): Promise<ResetOutcome> {
    return this.#audited('reset.recheck', acting, requestId, async (scope) => {
      const { operator, request } = await this.#held(acting, requestId)
      const write = this.#unknown.get(requestId)
      if (write === undefined) throw new AppError('not-available')
      scope.note({ writeAction: write.action, server: write.server })

      const state = await acting.directory.stateOn(write.server, request.personId)
      const found =
        write.action === 'reset' ? passwordWrite(write.before, state) : state.locked ? 'not-written' : 'written'
      const { action, server } = write
      if (found === 'unclear') {
        this.#unknown.set(requestId, { ...write, rechecked: true })
        scope.indeterminate()
        return this.#withoutWrite('unknown', { action, server, request, state })
      }
      this.#unknown.delete(requestId)
      if (found === 'not-written') {
        scope.outcome('not-written')
        return this.#withoutWrite('not-written', { action, server, request, state })
      }
      const missed: ResetOutcome['missed'] = []
      if (action === 'reset' && !state.mustChange) missed.push('must-change')
      if (action === 'reset' && state.locked) missed.push('unlock')
      const password = write.agentId === operator.id ? write.password : null
      return this.#finish({ action, operator, request, server, password, missed, state }, scope)
    })
  }

  /** To the clipboard, for the policy's seconds. Throws `not-available` once the password is forgotten. */
  async copyPassword(acting: Acting, resetId: string): Promise<{ seconds: number }> {
    const { audit, desktop, policy } = this.#parts
    const { password, request } = this.#shown.get(resetId, acting.operator.id)
    const seconds = policy.clipboardSeconds
    await audit.record({ action: 'reset.copy-password', actor: actorOf(acting), ...subjectOf(request) }, () =>
      desktop.copySecret(password, seconds),
    )
    return { seconds }
  }

  /** The agent has read it out: main forgets it too. */
  dismiss(acting: Acting, resetId: string): void {
    this.#shown.dismiss(resetId, acting.operator.id)
  }

  /** The session locked or ended: no password may outlive it, on screen, in memory or on the clipboard. */
  async forget(): Promise<void> {
    this.#sessions += 1
    this.#shown.forget()
    for (const [requestId, write] of this.#unknown) this.#unknown.set(requestId, { ...write, password: null })
    await this.#parts.desktop.forgetSecret()
  }

  async #audited(
    action: 'reset.password' | 'reset.unlock' | 'reset.recheck',
    acting: Acting,
    requestId: string,
    work: (scope: AuditScope) => Promise<Unaudited>,
  ): Promise<ResetOutcome> {
    const { stores, audit, emit } = this.#parts
    const request = await stores.requests.get(requestId)
    const outcome = await audit.record({ action, actor: actorOf(acting), ...subjectOf(request) }, work)
    emit('queue-changed', { requestId })
    emit('verification-changed', { requestId })
    emit('approvals-changed', {})
    // A result row that could not be written closes the desk, but must not take the password away.
    return { ...outcome, auditFailed: audit.closed }
  }

  async #pass(action: Action, acting: Acting, requestId: string, scope: AuditScope): Promise<Unaudited> {
    const { stores, clock } = this.#parts
    const session = this.#sessions
    const { operator, request } = await this.#held(acting, requestId)
    if (this.#unknown.get(requestId)?.rechecked === false) throw new AppError('outcome-unknown-open')

    const found = await readCase(this.#parts, acting, operator, request, action)
    const proofs = this.#assertMayWrite(found)
    const password = action === 'reset' ? await this.#newPassword(acting, found.card) : null

    scope.note({ proofs: proofs.length, kinds: kindsOf(found, proofs) })
    if (!(await stores.proofs.spend(proofs, scope.operationId, clock.iso()))) throw new AppError('proof-spent')

    const answer = await this.#write(acting, request.personId, password, scope)
    const { server } = answer
    scope.note({ server })
    if (answer.kind === 'unknown') {
      this.#parts.log.warn({ requestId, server, err: answer.cause }, 'a write got no answer; its outcome is unknown')
      const kept = session === this.#sessions ? password : null
      const { state: before } = found.card
      const agentId = operator.id
      this.#unknown.set(requestId, { action, server, agentId, before, password: kept, rechecked: false })
      scope.indeterminate()
      return this.#withoutWrite('unknown', { action, server, request, state: null })
    }
    this.#unknown.delete(requestId)
    const state = await this.#readBack(acting, server, request.personId)
    const shownTo = session === this.#sessions ? password : null
    return this.#finish(
      { action, operator, request, server, password: shownTo, missed: [...answer.missed], state },
      scope,
    )
  }

  /** The operator by the directory's word of now, and the request that they hold. */
  async #held(acting: Acting, requestId: string): Promise<{ operator: Operator; request: ResetRequest }> {
    const operator = await acting.current('agent')
    const request = await this.#parts.stores.requests.get(requestId)
    assertWorksOn(request, operator)
    return { operator, request }
  }

  /** Answers the proofs to spend. */
  #assertMayWrite(found: Case): readonly string[] {
    const { spend } = assertGate(found.gate)
    assertChecksOpen(found.failures, found.gate.now)
    const [blocker] = blockersOf(found.card.state)
    if (blocker !== undefined) throw new AppError('action-blocked', { reason: blocker })
    return spend
  }

  /** Made before the proofs are spent, so that nothing but the write itself can fail afterwards. */
  async #newPassword(acting: Acting, card: PersonCard): Promise<string> {
    const policy = await acting.directory.passwordPolicy(card.id)
    const password = temporaryPassword(this.#minimumLength(policy.minLength), card)
    const [problem] = checkAgainstPolicy(password, policy, card)
    if (problem !== undefined) throw new AppError('directory-refused-policy', { reason: problem })
    return password
  }

  #minimumLength(directoryMinimum: number): number {
    return Math.max(this.#parts.policy.temporaryPasswordLength, directoryMinimum)
  }

  async #write(acting: Acting, personId: PersonId, password: string | null, scope: AuditScope): Promise<WriteAnswer> {
    try {
      return password === null
        ? await acting.directory.unlock(personId)
        : await acting.directory.resetPassword(personId, password)
    } catch (error) {
      // Anything but the server's own refusal leaves the outcome open: then the proofs stay spent.
      if (isDefiniteRefusal(error)) await this.#parts.stores.proofs.unspend(scope.operationId)
      else scope.indeterminate()
      throw error
    }
  }

  /** `null` when the directory could not be read: the write is done all the same, and its password must be shown. */
  async #readBack(acting: Acting, server: string, personId: PersonId): Promise<AccountState | null> {
    try {
      return await acting.directory.stateOn(server, personId)
    } catch (error) {
      this.#parts.log.warn({ server, err: error }, 'the account could not be read after the write')
      return null
    }
  }

  async #finish(written: Written, scope: AuditScope): Promise<Unaudited> {
    const { action, operator, server, password, missed, state } = written
    if (missed.length > 0) {
      scope.outcome('partly')
      scope.note({ missed: missed.join(' ') })
    }
    // A person who still cannot use what was written keeps their case open for a further check.
    const isOver = !missed.includes('unlock') && (action === 'unlock' || password !== null)
    const request = isOver ? await this.#closeRequest(written) : written.request
    const shown = password === null ? null : this.#shown.show({ password, agentId: operator.id, request })
    return {
      outcome: missed.length === 0 ? 'succeeded' : 'partly',
      action,
      shown,
      state,
      canSignIn: state === null ? null : canSignIn(state),
      mustChange: state === null ? null : state.mustChange,
      missed,
      server,
      at: this.#parts.clock.iso(),
      request,
    }
  }

  /** The write is done: a store that fails now must not take its outcome away. */
  async #closeRequest({ action, operator, request }: Written): Promise<ResetRequest> {
    const { stores, clock, policy, log } = this.#parts
    try {
      // Read again: a note may have moved the version on.
      const latest = await stores.requests.get(request.id)
      const standing = stepRequest(latest, { kind: 'acted' }, { actor: operator, now: clock.now(), policy })
      // Before the request closes: what still waits for an approver must not count at the same request reopened.
      await stores.proofs.revoke(latest.id, clock.iso())
      const by = { id: operator.id, name: operator.name }
      const kind = action === 'reset' ? 'reset' : 'unlocked'
      const event = { at: clock.iso(), kind, by, text: '' } as const
      return await stores.requests.change(latest.id, latest.version, { ...standing, event })
    } catch (error) {
      log.error({ requestId: request.id, err: error }, 'the request could not be closed after the write')
      return request
    }
  }

  #withoutWrite(
    outcome: 'unknown' | 'not-written',
    { action, server, request, state }: Pick<Written, 'action' | 'server' | 'request' | 'state'>,
  ): Unaudited {
    const at = this.#parts.clock.iso()
    const unsaid = { shown: null, canSignIn: null, mustChange: null, missed: [] }
    return { ...unsaid, outcome, action, state, server, at, request }
  }
}

function kindsOf(found: Case, proofIds: readonly string[]): string {
  const kinds = found.proofs.filter(({ id }) => proofIds.includes(id)).map(({ kind }) => kind)
  return [...new Set(kinds)].sort().join(' ')
}

/** A timeout is no refusal, wherever it comes from. */
function isDefiniteRefusal(error: unknown): boolean {
  return error instanceof AppError && error.code !== 'directory-timeout'
}
