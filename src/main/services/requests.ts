import { AppError } from '../../shared/errors'
import type { AuditAction } from '../../shared/model/audit'
import type { PersonId } from '../../shared/model/common'
import { roles } from '../../shared/model/operator'
import type { Operator } from '../../shared/model/operator'
import type {
  Holder,
  RequestChannel,
  RequestEvent,
  RequestReason,
  RequestSort,
  RequestView,
  ResetRequest,
} from '../../shared/model/request'
import type { AuditRecorder } from '../audit/audit'
import type { Clock } from '../clock'
import type { Policy } from '../domain/policy'
import { ageBounds, requestDue, requestExpiry, stepRequest } from '../domain/requests'
import type { RequestStep } from '../domain/requests'
import type { Log } from '../log'
import type { ProofStore, RequestStore, ViewStore } from '../stores/stores'
import { actorOf, deskActor, subjectOf } from './audit-subjects'
import type { Emit } from './events'
import type { Acting } from './session'

interface RequestParts {
  readonly requests: RequestStore
  readonly proofs: Pick<ProofStore, 'revoke'>
  readonly views: ViewStore
  readonly audit: AuditRecorder
  readonly clock: Clock
  readonly policy: Pick<Policy, 'requestExpirySeconds' | 'dueSeconds' | 'dueSoonSeconds'>
  readonly emit: Emit
  readonly log: Log
}

interface NewCase {
  readonly personId: PersonId
  readonly channel: RequestChannel
  readonly reason: RequestReason
  readonly note: string
  /** The agent who enters it takes it at once. */
  readonly claim: boolean
}

interface Listing {
  readonly filter: RequestView['filter']
  readonly sort: RequestSort
  readonly cursor: string | null
  readonly limit: number
}

interface Seen {
  readonly requestId: string
  readonly version: number
}

const audited = {
  claim: 'request.claim',
  release: 'request.release',
  'hand-over': 'request.hand-over',
  complete: 'request.complete',
  refuse: 'request.refuse',
  reopen: 'request.reopen',
} as const satisfies Record<string, AuditAction>

const told = {
  claim: 'claimed',
  release: 'released',
  'hand-over': 'handed-over',
  complete: 'done',
  refuse: 'refused',
  reopen: 'reopened',
} as const satisfies Record<keyof typeof audited, RequestEvent['kind']>

type OperatorStep =
  { readonly kind: 'claim' | 'release' } | Exclude<RequestStep, { kind: 'claim' | 'release' | 'acted' | 'expire' }>

/** A step as it was asked for: whom a hand-over names is looked up when it is taken. */
type AskedStep = Exclude<OperatorStep, { kind: 'hand-over' }> | { readonly kind: 'hand-over'; readonly to: PersonId }

/** The queue: who asked for help, who works on it, and how it ended. The state machine is in `domain/requests.ts`. */
export class RequestsService {
  readonly #parts: RequestParts

  constructor(parts: RequestParts) {
    this.#parts = parts
  }

  list(acting: Acting, { filter, sort, cursor, limit }: Listing): ReturnType<RequestStore['list']> {
    const { requests, clock, policy } = this.#parts
    const { age, holder, ...asked } = filter
    const holderId = { anyone: null, nobody: 'nobody', me: acting.operator.id }[holder]
    return requests.list({ ...asked, ...ageBounds(age, clock.now(), policy), holderId, sort, cursor, limit })
  }

  async get(requestId: string): Promise<{ request: ResetRequest; events: RequestEvent[] }> {
    const { requests } = this.#parts
    return { request: await requests.get(requestId), events: await requests.events(requestId) }
  }

  /** Throws `person-not-found`, `self-action`, `role-required`, and `request-exists` while the person has an open case. */
  async create(acting: Acting, input: NewCase): Promise<ResetRequest> {
    const { requests, audit, clock, policy, emit } = this.#parts
    const { card } = await acting.directory.card(input.personId)
    const created = await audit.record(
      {
        action: 'request.create',
        actor: actorOf(acting),
        target: { id: card.id, name: card.name },
        details: { channel: input.channel, reason: input.reason },
      },
      async (scope) => {
        const operator = await acting.current('agent')
        if (operator.id === card.id) throw new AppError('self-action')
        const request = await requests.create({
          personId: card.id,
          personName: card.name,
          personReading: card.reading,
          personUserId: card.userId,
          personDepartment: card.department,
          channel: input.channel,
          reason: input.reason,
          createdBy: holderOf(operator),
          at: clock.iso(),
          expiresAt: requestExpiry(clock.now(), policy),
          dueAt: requestDue(clock.now(), policy),
          note: input.note,
        })
        scope.note({ number: request.number })
        return request
      },
    )
    emit('queue-changed', { requestId: created.id })
    if (!input.claim) return created
    return this.claim(acting, { requestId: created.id, version: created.version })
  }

  claim(acting: Acting, seen: Seen): Promise<ResetRequest> {
    return this.#step(acting, seen, { kind: 'claim' })
  }

  release(acting: Acting, seen: Seen): Promise<ResetRequest> {
    return this.#step(acting, seen, { kind: 'release' })
  }

  /** Throws `operator-not-found` unless the other one is an agent by the directory's word. */
  handOver(acting: Acting, seen: Seen, operatorId: PersonId, note: string): Promise<ResetRequest> {
    return this.#step(acting, seen, { kind: 'hand-over', to: operatorId }, note)
  }

  complete(acting: Acting, seen: Seen, reason: string): Promise<ResetRequest> {
    return this.#step(acting, seen, { kind: 'complete', reason }, reason)
  }

  refuse(acting: Acting, seen: Seen, reason: string): Promise<ResetRequest> {
    return this.#step(acting, seen, { kind: 'refuse', reason }, reason)
  }

  /**
   * Refuses each of them for the same reason; one that nobody holds is claimed for it first. Answers what kept each, or `null`;
   * none keeps the others. Throws `reason-required`.
   */
  async refuseMany(
    acting: Acting,
    requests: readonly Seen[],
    reason: string,
  ): Promise<{ requestId: string; code: string | null }[]> {
    // Before anything is claimed for a refusal that cannot follow.
    if (reason.trim() === '') throw new AppError('reason-required')

    const outcomes: { requestId: string; code: string | null }[] = []
    for (const seen of requests) {
      const { requestId } = seen
      outcomes.push({ requestId, code: await this.#tryToRefuse(acting, seen, reason) })
    }
    this.#parts.emit('queue-changed', { requestId: null })
    return outcomes
  }

  async #tryToRefuse(acting: Acting, seen: Seen, reason: string): Promise<string | null> {
    let claimed: Seen | null = null
    try {
      const { state } = await this.#parts.requests.get(seen.requestId)
      if (state === 'open') {
        const { id, version } = await this.#take(acting, seen, { kind: 'claim' })
        claimed = { requestId: id, version }
      }
      await this.#take(acting, claimed ?? seen, { kind: 'refuse', reason }, reason)
      return null
    } catch (error) {
      if (claimed !== null) await this.#giveBack(acting, claimed)
      if (error instanceof AppError) return error.code
      this.#parts.log.error({ err: error, requestId: seen.requestId }, 'a request could not be refused')
      return 'internal'
    }
  }

  /** Nobody keeps a request by accident. */
  async #giveBack(acting: Acting, claimed: Seen): Promise<void> {
    try {
      await this.#take(acting, claimed, { kind: 'release' })
    } catch (error) {
      this.#parts.log.warn({ err: error, requestId: claimed.requestId }, 'a request stays claimed')
    }
  }

  /** The filters that this operator keeps. */
  views(acting: Acting): Promise<RequestView[]> {
    return this.#parts.views.of(acting.operator.id)
  }

  async saveView(acting: Acting, view: RequestView): Promise<RequestView[]> {
    await this.#parts.views.save(acting.operator.id, view)
    return this.views(acting)
  }

  /** Throws `view-not-found`. */
  async removeView(acting: Acting, viewId: string): Promise<RequestView[]> {
    if (!(await this.#parts.views.remove(acting.operator.id, viewId))) throw new AppError('view-not-found')
    return this.views(acting)
  }

  reopen(acting: Acting, seen: Seen, reason: string): Promise<ResetRequest> {
    return this.#step(acting, seen, { kind: 'reopen', reason }, reason)
  }

  /** Anybody at the desk may leave a note, whoever holds the request: the caller may ring again. */
  async addNote(acting: Acting, requestId: string, text: string): Promise<RequestEvent> {
    const { requests, audit, clock, emit } = this.#parts
    const request = await requests.get(requestId)
    // What was typed stays in the request's history: a note may say things that the audit must not keep for years.
    const details = { length: text.length }
    const event = await audit.record(
      { action: 'request.note', actor: actorOf(acting), ...subjectOf(request), details },
      async () => {
        const operator = await acting.current('agent', 'approver', 'admin')
        if (operator.id === request.personId) throw new AppError('self-action')
        if (text === '') throw new AppError('reason-required')
        return requests.addEvent(requestId, { at: clock.iso(), kind: 'note', by: holderOf(operator), text })
      },
    )
    emit('queue-changed', { requestId })
    return event
  }

  /** Whom a request can be handed to. */
  async operators(acting: Acting): Promise<Holder[]> {
    const agents = await acting.directory.agents()
    return agents.map(({ id, name }) => ({ id, name }))
  }

  /** Expires what nobody took in time; called at start and every minute. */
  async sweep(): Promise<void> {
    const { requests, audit, clock, emit } = this.#parts
    const expired = await requests.expire(clock.iso())
    for (const request of expired) {
      audit.append({ action: 'request.expire', actor: deskActor, ...subjectOf(request) }, 'succeeded')
    }
    const [only] = expired
    if (only !== undefined) emit('queue-changed', { requestId: expired.length === 1 ? only.id : null })
  }

  async #step(acting: Acting, seen: Seen, asked: AskedStep, text = ''): Promise<ResetRequest> {
    const changed = await this.#take(acting, seen, asked, text)
    this.#parts.emit('queue-changed', { requestId: changed.id })
    return changed
  }

  async #take(acting: Acting, seen: Seen, asked: AskedStep, text = ''): Promise<ResetRequest> {
    const { requests, proofs, audit, clock, policy, emit } = this.#parts
    const before = await requests.get(seen.requestId)
    const event = { action: audited[asked.kind], actor: actorOf(acting), ...subjectOf(before) }
    const changed = await audit.record(
      { ...event, ...(text === '' ? {} : { details: { reason: text } }) },
      async (scope) => {
        // Anybody at the desk: whoever lost the agent role may still pass on what they hold (`domain/requests.ts`).
        const actor = await acting.current(...roles)
        const step = await findStep(acting, asked)
        const standing = stepRequest(before, step, { actor, now: clock.now(), policy })
        if (step.kind === 'hand-over') scope.note({ toId: step.to.id, toName: step.to.name })
        // Before the request moves: a proof must not outlive the agent's hold on it, even if the app dies in between.
        if (step.kind !== 'claim' && step.kind !== 'reopen') await proofs.revoke(before.id, clock.iso())
        return requests.change(before.id, seen.version, {
          ...standing,
          // Nobody could work on it while it was closed: its time begins again.
          ...(step.kind === 'reopen' && { dueAt: requestDue(clock.now(), policy) }),
          event: { at: clock.iso(), kind: told[asked.kind], by: holderOf(actor), text: eventText(step, text) },
        })
      },
    )
    emit('verification-changed', { requestId: changed.id })
    // What waited for an approver ended with the agent's hold on the request.
    emit('approvals-changed', {})
    return changed
  }
}

async function findStep(acting: Acting, asked: AskedStep): Promise<OperatorStep> {
  if (asked.kind !== 'hand-over') return asked

  const agents = await acting.directory.agents()
  const to = agents.find(({ id }) => id === asked.to)
  if (to === undefined) throw new AppError('operator-not-found')
  return { kind: 'hand-over', to: { id: to.id, name: to.name } }
}

function eventText(step: OperatorStep, text: string): string {
  if (step.kind !== 'hand-over') return text
  return text === '' ? step.to.name : `${step.to.name}\n${text}`
}

function holderOf({ id, name }: Operator): Holder {
  return { id, name }
}
