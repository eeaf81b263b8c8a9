import { AppError } from '../../shared/errors'
import type { PersonId } from '../../shared/model/common'
import type { Role } from '../../shared/model/operator'
import type { Holder, RequestState, RequestView, ResetRequest } from '../../shared/model/request'
import type { Policy } from './policy'

/**
 * Something that moves a request on. `acted`: a reset or an unlock succeeded, which closes the request by itself.
 * `expire` is the desk's own step, all others are an operator's.
 */
export type RequestStep =
  | { readonly kind: 'claim' | 'release' | 'acted' | 'expire' }
  | { readonly kind: 'hand-over'; readonly to: Holder }
  | { readonly kind: 'complete' | 'refuse' | 'reopen'; readonly reason: string }

/** The operator who takes a step, from main's session. */
export interface RequestActor {
  readonly id: PersonId
  readonly name: string
  readonly roles: readonly Role[]
}

export interface StepContext {
  /** `null`: the desk itself, for `expire` only. */
  readonly actor: RequestActor | null
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly policy: Pick<Policy, 'requestExpirySeconds'>
}

/** Where a request stands after a step. A closed one keeps the holder who closed it. */
export interface RequestStanding {
  readonly state: RequestState
  readonly holder: Holder | null
  /** UTC ISO; `null` once the request is closed. */
  readonly expiresAt: string | null
}

/** The part of a request that its rules need. */
export type SteppedRequest = Pick<ResetRequest, 'personId' | 'state' | 'holder' | 'expiresAt'>

/**
 * Moves a request on, or says why not: the one state machine `open → claimed → done | refused | expired` and back by
 * `reopen` (an agent with a reason, at any time: it starts open, unclaimed, with a fresh lifetime and no proofs).
 * Throws `self-action`, `role-required {role}`, `request-step-forbidden {step, state}`, `request-not-claimed`,
 * `request-held-by-other {name}`, `reason-required`.
 */
export function stepRequest(request: SteppedRequest, step: RequestStep, context: StepContext): RequestStanding {
  if (step.kind === 'expire') return expire(request, context)

  const actor = context.actor
  if (actor === null) throw new Error(`request step ${step.kind} needs an operator`)
  if (actor.id === request.personId) throw new AppError('self-action')

  switch (step.kind) {
    case 'claim':
      assertRole(actor, 'agent')
      assertOpenToClaim(request, actor)
      return live('claimed', { id: actor.id, name: actor.name }, context)
    case 'release':
      assertMayPassOn(request, step, actor)
      return live('open', null, context)
    case 'hand-over':
      assertMayPassOn(request, step, actor)
      if (step.to.id === request.personId) throw new AppError('self-action')
      if (step.to.id === request.holder?.id) throw forbidden(request, step)
      return live('claimed', { id: step.to.id, name: step.to.name }, context)
    case 'acted':
      assertHeldBy(request, step, actor)
      return closed('done', request.holder)
    case 'complete':
      assertHeldBy(request, step, actor)
      assertReason(step.reason)
      return closed('done', request.holder)
    case 'refuse':
      assertHeldBy(request, step, actor)
      assertReason(step.reason)
      return closed('refused', request.holder)
    case 'reopen':
      assertRole(actor, 'agent')
      if (request.state === 'open' || request.state === 'claimed') throw forbidden(request, step)
      assertReason(step.reason)
      return live('open', null, context)
  }
}

/**
 * Throws unless this operator may work on the request now (check the caller, write a note, reset): the same rule as for
 * `acted`. Throws `self-action`, `role-required`, `request-not-claimed`, `request-held-by-other {name}`,
 * `request-step-forbidden`.
 */
export function assertWorksOn(request: SteppedRequest, actor: RequestActor): void {
  if (actor.id === request.personId) throw new AppError('self-action')
  assertHeldBy(request, { kind: 'acted' }, actor)
}

/** When a request that nobody touches from now on expires, UTC ISO. */
export function requestExpiry(now: number, policy: Pick<Policy, 'requestExpirySeconds'>): string {
  return iso(now + policy.requestExpirySeconds * 1000)
}

/** By when the policy wants a request done that is entered or reopened now, UTC ISO. */
export function requestDue(now: number, policy: Pick<Policy, 'dueSeconds'>): string {
  return iso(now + policy.dueSeconds * 1000)
}

/** Bounds in time, UTC ISO, from included, until excluded. */
interface Bounds {
  readonly from: string | null
  readonly until: string | null
}

const anyTime: Bounds = { from: null, until: null }
const dayMs = 86_400_000

/** What a filter by age asks of the store. A request is overdue from the very instant that it is due at. */
export function ageBounds(
  age: RequestView['filter']['age'],
  now: number,
  policy: Pick<Policy, 'dueSoonSeconds'>,
): { readonly due: Bounds; readonly created: Bounds } {
  const afterNow = iso(now + 1)
  switch (age) {
    case 'any':
      return { due: anyTime, created: anyTime }
    case 'due-soon':
      return { due: { from: afterNow, until: iso(now + policy.dueSoonSeconds * 1000 + 1) }, created: anyTime }
    case 'overdue':
      return { due: { from: null, until: afterNow }, created: anyTime }
    case 'last-day':
      return { due: anyTime, created: { from: iso(now - dayMs), until: null } }
    case 'older':
      return { due: anyTime, created: { from: null, until: iso(now - dayMs) } }
  }
}

function expire(request: SteppedRequest, context: StepContext): RequestStanding {
  const due = request.expiresAt !== null && Date.parse(request.expiresAt) <= context.now
  if (request.state !== 'open' || !due) throw forbidden(request, { kind: 'expire' })
  return closed('expired', null)
}

function assertOpenToClaim(request: SteppedRequest, actor: RequestActor): void {
  if (request.state === 'open') return
  if (request.state === 'claimed' && request.holder !== null && request.holder.id !== actor.id) {
    throw new AppError('request-held-by-other', { name: request.holder.name })
  }
  throw forbidden(request, { kind: 'claim' })
}

/** The holder alone; who lost the agent role while holding it may only release it or hand it over. */
function assertHeldBy(request: SteppedRequest, step: RequestStep, actor: RequestActor): void {
  assertRole(actor, 'agent')
  const holder = holderOf(request, step)
  if (holder.id !== actor.id) throw new AppError('request-held-by-other', { name: holder.name })
}

/** The holder, or an approver or admin for an agent who went home. */
function assertMayPassOn(request: SteppedRequest, step: RequestStep, actor: RequestActor): void {
  const holder = holderOf(request, step)
  if (holder.id === actor.id || actor.roles.includes('approver') || actor.roles.includes('admin')) return
  assertRole(actor, 'agent')
  throw new AppError('request-held-by-other', { name: holder.name })
}

function holderOf(request: SteppedRequest, step: RequestStep): Holder {
  if (request.state === 'open') throw new AppError('request-not-claimed')
  if (request.state !== 'claimed' || request.holder === null) throw forbidden(request, step)
  return request.holder
}

function assertRole(actor: RequestActor, role: Role): void {
  if (!actor.roles.includes(role)) throw new AppError('role-required', { role })
}

function assertReason(reason: string): void {
  if (reason.trim() === '') throw new AppError('reason-required')
}

function forbidden(request: SteppedRequest, step: RequestStep): AppError {
  return new AppError('request-step-forbidden', { step: step.kind, state: request.state })
}

function live(state: 'open' | 'claimed', holder: Holder | null, context: StepContext): RequestStanding {
  return { state, holder, expiresAt: requestExpiry(context.now, context.policy) }
}

function closed(state: 'done' | 'refused' | 'expired', holder: Holder | null): RequestStanding {
  return { state, holder, expiresAt: null }
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
