import type { RequestFilter, RequestSort, ResetRequest } from '../../../shared/model/request'

/** A filter with every field said. */
export type QueueFilter = { readonly [K in keyof RequestFilter]-?: NonNullable<RequestFilter[K]> }

/** The chips above the queue. */
export const queueViews = ['active', 'unclaimed', 'mine', 'overdue', 'closed'] as const
export type QueueView = (typeof queueViews)[number]

const active: QueueFilter = {
  states: ['open', 'claimed'],
  holder: 'anyone',
  causes: [],
  channels: [],
  age: 'any',
  text: '',
}

/** What the desk is asked for when a chip is chosen. */
export const viewFilters: Readonly<Record<QueueView, QueueFilter>> = {
  active,
  unclaimed: { ...active, states: ['open'], holder: 'nobody' },
  mine: { ...active, states: ['claimed'], holder: 'me' },
  overdue: { ...active, age: 'overdue' },
  closed: { ...active, states: ['done', 'refused', 'expired'] },
}

const sameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((value) => other.includes(value))

/** Whether two filters ask for the same; `text`, what is searched for, is left out. */
export function sameFilter(one: QueueFilter, other: QueueFilter): boolean {
  return (
    one.holder === other.holder &&
    one.age === other.age &&
    sameSet(one.states, other.states) &&
    sameSet(one.causes, other.causes) &&
    sameSet(one.channels, other.channels)
  )
}

/** How many parts of the filter narrow the queue beyond its state: what the button of the filter counts. */
export function narrowing(filter: QueueFilter): number {
  const parts = [
    filter.holder !== 'anyone',
    filter.age !== 'any',
    filter.causes.length > 0,
    filter.channels.length > 0,
    !sameSet(filter.states, active.states) && !sameSet(filter.states, viewFilters.closed.states),
  ]
  return parts.filter(Boolean).length
}

const day = 86_400_000

/**
 * Whether a request belongs to a filter, as far as it can be told here; `null`: only main knows (the text is folded there, and
 * `due-soon` is the policy's). `now` in milliseconds.
 */
export function belongs(
  request: ResetRequest,
  filter: QueueFilter,
  reader: { readonly operatorId: string | null; readonly now: number },
): boolean | null {
  const { holder } = request
  const created = Date.parse(request.createdAt)
  const due = request.dueAt === null ? null : Date.parse(request.dueAt)
  const told = [
    filter.states.length === 0 || filter.states.includes(request.state),
    filter.causes.length === 0 || filter.causes.includes(request.cause ?? 'unknown'),
    filter.channels.length === 0 || filter.channels.includes(request.channel),
    filter.holder === 'anyone' || (filter.holder === 'nobody' ? holder === null : holder?.id === reader.operatorId),
    filter.age !== 'overdue' || (due !== null && due <= reader.now),
    filter.age !== 'due-soon' || (due !== null && due > reader.now),
    filter.age !== 'last-day' || created >= reader.now - day,
    filter.age !== 'older' || created < reader.now - day,
  ]
  if (told.includes(false)) return false
  return filter.text.trim() === '' && filter.age !== 'due-soon' ? true : null
}

const text = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

/** By the second, then by number, as main keeps its order. Instants are ISO 8601 in UTC: they sort as text. */
const bySecond = (field: 'createdAt' | 'updatedAt') => (one: ResetRequest, other: ResetRequest) =>
  text(one[field].slice(0, 19), other[field].slice(0, 19)) || one.number - other.number

const byCreation = bySecond('createdAt')
const byUpdate = bySecond('updatedAt')

/** What is due first; then the closed ones, which nobody waits for, newest first. */
function byDue(one: ResetRequest, other: ResetRequest): number {
  if (one.dueAt === null || other.dueAt === null) {
    return one.dueAt === other.dueAt ? byCreation(other, one) : one.dueAt === null ? 1 : -1
  }
  return text(one.dueAt.slice(0, 19), other.dueAt.slice(0, 19)) || one.number - other.number
}

/** The orders of the queue. */
export const compareRequests: Readonly<Record<RequestSort, (one: ResetRequest, other: ResetRequest) => number>> = {
  due: byDue,
  newest: (one, other) => byCreation(other, one),
  oldest: byCreation,
  updated: (one, other) => byUpdate(other, one),
}
