import { describe, expect, it } from 'vitest'
import { defaultPolicy } from '../../../src/main/domain/policy'
import {
  ageBounds,
  assertWorksOn,
  requestDue,
  requestExpiry,
  stepRequest,
  type RequestActor,
  type RequestStep,
  type SteppedRequest,
} from '../../../src/main/domain/requests'
import { AppError } from '../../../src/shared/errors'
import type { Role } from '../../../src/shared/model/operator'
import { requestAges, requestStates, type RequestState } from '../../../src/shared/model/request'

const now = Date.parse('2026-11-23T09:00:00.000Z')
const inSevenDays = '2026-11-30T09:00:00.000Z'
const soon = '2026-11-23T10:00:00.000Z'

const id = (letter: string): string => `${letter.repeat(8)}-0000-4000-8000-000000000000@dc=sakura`
const misaki = { id: id('a'), name: '佐藤 美咲' }
const ken = { id: id('b'), name: '鈴木 健' }
const yumi = { id: id('c'), name: '高橋 由美' }
const hanako = { id: id('d'), name: '山田 花子' }

/** How the one who steps stands to a request that Misaki holds (or would hold). */
const relations = {
  holder: { ...misaki, roles: ['agent'] },
  'holder without role': { ...misaki, roles: [] },
  'other agent': { ...ken, roles: ['agent'] },
  approver: { ...yumi, roles: ['approver'] },
  'approver and agent': { ...yumi, roles: ['agent', 'approver'] },
  admin: { ...yumi, roles: ['admin'] },
  'admin and agent': { ...yumi, roles: ['agent', 'admin'] },
  auditor: { ...ken, roles: ['auditor'] },
  nobody: { ...ken, roles: [] },
  'the person': { ...hanako, roles: ['agent', 'approver', 'admin'] },
} satisfies Record<string, RequestActor>
type Relation = keyof typeof relations

const steps = {
  claim: { kind: 'claim' },
  release: { kind: 'release' },
  'hand-over': { kind: 'hand-over', to: { id: id('e'), name: '中村 葵' } },
  complete: { kind: 'complete', reason: 'remembered it' },
  refuse: { kind: 'refuse', reason: 'not our person' },
  reopen: { kind: 'reopen', reason: 'locked again' },
  acted: { kind: 'acted' },
} satisfies Partial<Record<RequestStep['kind'], RequestStep>>
type Step = keyof typeof steps

function aRequest(state: RequestState): SteppedRequest {
  const held = state === 'claimed' || state === 'done' || state === 'refused'
  return {
    personId: hanako.id,
    state,
    holder: held ? misaki : null,
    expiresAt: state === 'open' || state === 'claimed' ? soon : null,
  }
}

/** What the step answers: `→ state holder`, or the refusal. */
function answerOf(request: SteppedRequest, step: RequestStep, actor: RequestActor | null): string {
  try {
    const after = stepRequest(request, step, { actor, now, policy: defaultPolicy })
    expect(after.expiresAt).toBe(after.state === 'open' || after.state === 'claimed' ? inSevenDays : null)
    return `→ ${after.state} ${after.holder?.name ?? '-'}`
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return [error.code, ...Object.values(error.params)].join(' ')
  }
}

const works: readonly Relation[] = ['holder', 'other agent', 'approver and agent', 'admin and agent']
const passesOn: readonly Relation[] = [
  'holder',
  'holder without role',
  'approver',
  'approver and agent',
  'admin',
  'admin and agent',
]

/** The rules once more, as a table of words rather than code: every state × step × relation has exactly one answer. */
function expected(state: RequestState, step: Step, relation: Relation): string {
  if (relation === 'the person') return 'self-action'
  const isAgent = works.includes(relation)
  const isClosed = state === 'done' || state === 'refused' || state === 'expired'
  const forbidden = `request-step-forbidden ${step} ${state}`
  const held = `request-held-by-other ${misaki.name}`

  switch (step) {
    case 'claim':
      if (!isAgent) return 'role-required agent'
      if (isClosed) return forbidden
      if (state === 'open') return `→ claimed ${relations[relation].name}`
      return relation === 'holder' ? forbidden : held
    case 'reopen':
      if (!isAgent) return 'role-required agent'
      return isClosed ? '→ open -' : forbidden
    case 'release':
    case 'hand-over':
      if (state === 'open') return 'request-not-claimed'
      if (isClosed) return forbidden
      if (passesOn.includes(relation)) return step === 'release' ? '→ open -' : '→ claimed 中村 葵'
      return isAgent ? held : 'role-required agent'
    case 'complete':
    case 'refuse':
    case 'acted':
      if (!isAgent) return 'role-required agent'
      if (state === 'open') return 'request-not-claimed'
      if (isClosed) return forbidden
      if (relation !== 'holder') return held
      return `→ ${step === 'refuse' ? 'refused' : 'done'} ${misaki.name}`
  }
}

const stepNames: readonly Step[] = ['claim', 'release', 'hand-over', 'complete', 'refuse', 'reopen', 'acted']
const relationNames: readonly Relation[] = [
  ...new Set<Relation>([...works, ...passesOn, 'auditor', 'nobody', 'the person']),
]

describe('stepRequest', () => {
  const cases = requestStates.flatMap((state) =>
    stepNames.flatMap((step) => relationNames.map((relation) => ({ state, step, relation }))),
  )

  it('enumerates every state, step and relation', () => {
    expect(relationNames).toHaveLength(Object.keys(relations).length)
    expect(stepNames).toHaveLength(Object.keys(steps).length)
    expect(cases).toHaveLength(5 * 7 * 10)
  })

  it.each(cases)('$state, $step by $relation', ({ state, step, relation }) => {
    const answer = answerOf(aRequest(state), steps[step], relations[relation])
    expect(answer).toBe(expected(state, step, relation))
  })

  it.each(requestStates)('expires only what is open and due: %s', (state) => {
    const due: SteppedRequest = { ...aRequest(state), expiresAt: new Date(now).toISOString() }
    const notDue: SteppedRequest = { ...aRequest(state), expiresAt: new Date(now + 1).toISOString() }
    const unknown: SteppedRequest = { ...aRequest(state), expiresAt: null }
    const refusal = `request-step-forbidden expire ${state}`
    expect(answerOf(due, { kind: 'expire' }, null)).toBe(state === 'open' ? '→ expired -' : refusal)
    expect(answerOf(notDue, { kind: 'expire' }, null)).toBe(refusal)
    expect(answerOf(unknown, { kind: 'expire' }, null)).toBe(refusal)
  })

  it('wants an operator for every step but the desk’s own', () => {
    for (const step of Object.values(steps)) {
      expect(() => stepRequest(aRequest('open'), step, { actor: null, now, policy: defaultPolicy })).toThrow('operator')
    }
  })

  it.each(['complete', 'refuse', 'reopen'] as const)('wants a reason to %s, and says so after who may', (kind) => {
    const state = kind === 'reopen' ? 'done' : 'claimed'
    for (const reason of ['', '  ', '\u3000\n']) {
      expect(answerOf(aRequest(state), { kind, reason }, relations.holder)).toBe('reason-required')
      expect(answerOf(aRequest(state), { kind, reason }, relations['the person'])).toBe('self-action')
      expect(answerOf(aRequest(state), { kind, reason }, relations.nobody)).toBe('role-required agent')
    }
  })

  it('never hands a request to the person it is about, or to its holder', () => {
    const by = relations['approver and agent']
    expect(answerOf(aRequest('claimed'), { kind: 'hand-over', to: hanako }, by)).toBe('self-action')
    expect(answerOf(aRequest('claimed'), { kind: 'hand-over', to: misaki }, by)).toBe(
      'request-step-forbidden hand-over claimed',
    )
    expect(answerOf(aRequest('claimed'), { kind: 'hand-over', to: yumi }, by)).toBe(`→ claimed ${yumi.name}`)
  })

  it('claims an open request whose time is over but which was not expired yet', () => {
    const late: SteppedRequest = { ...aRequest('open'), expiresAt: '2026-11-01T00:00:00.000Z' }
    expect(answerOf(late, steps.claim, relations.holder)).toBe(`→ claimed ${misaki.name}`)
  })

  it('keeps no more of the actor than id and name', () => {
    const context = { actor: relations.holder, now, policy: defaultPolicy }
    expect(stepRequest(aRequest('open'), steps.claim, context).holder).toEqual(misaki)
  })
})

describe('assertWorksOn', () => {
  const roles: Role[] = ['agent', 'approver', 'admin']
  const refusal = (state: RequestState, actor: RequestActor): unknown => {
    try {
      assertWorksOn(aRequest(state), actor)
      return null
    } catch (error) {
      return error instanceof AppError ? error.code : error
    }
  }

  it('lets only the agent who holds the request work on it', () => {
    expect(refusal('claimed', relations.holder)).toBeNull()
    expect(refusal('claimed', { ...ken, roles })).toBe('request-held-by-other')
    expect(refusal('claimed', relations['holder without role'])).toBe('role-required')
    expect(refusal('open', relations.holder)).toBe('request-not-claimed')
    expect(refusal('done', relations.holder)).toBe('request-step-forbidden')
    expect(refusal('claimed', { ...hanako, roles })).toBe('self-action')
  })

  it('refuses the person even where they hold their own request', () => {
    const own: SteppedRequest = { ...aRequest('claimed'), holder: hanako }
    expect(() => assertWorksOn(own, { ...hanako, roles })).toThrow('self-action')
  })
})

describe('requestExpiry', () => {
  it('counts the lifetime of the policy from now', () => {
    expect(requestExpiry(now, defaultPolicy)).toBe(inSevenDays)
    expect(requestExpiry(now, { requestExpirySeconds: 60 })).toBe('2026-11-23T09:01:00.000Z')
  })
})

describe('requestDue', () => {
  it('counts the policy’s hours from now', () => {
    expect(requestDue(now, { dueSeconds: 4 * 3600 })).toBe('2026-11-23T13:00:00.000Z')
  })
})

describe('ageBounds', () => {
  const bounds = (age: (typeof requestAges)[number]): ReturnType<typeof ageBounds> =>
    ageBounds(age, now, { dueSoonSeconds: 3600 })
  const holds = ({ from, until }: { from: string | null; until: string | null }, instant: number): boolean => {
    const at = new Date(instant).toISOString()
    return (from === null || from <= at) && (until === null || at < until)
  }

  it('puts every due time in one of due soon, overdue and later', () => {
    const soonBounds = bounds('due-soon').due
    const overdue = bounds('overdue').due
    for (const [instant, expected] of [
      [now - 1, 'overdue'],
      [now, 'overdue'],
      [now + 1, 'soon'],
      [now + 3_600_000, 'soon'],
      [now + 3_600_001, 'later'],
    ] as const) {
      const found = holds(overdue, instant) ? 'overdue' : holds(soonBounds, instant) ? 'soon' : 'later'
      expect(found).toBe(expected)
      expect(holds(overdue, instant) && holds(soonBounds, instant)).toBe(false)
    }
  })

  it('puts every entry into the last day or before it', () => {
    for (const instant of [now, now - 86_400_000, now - 86_400_001]) {
      const isRecent = holds(bounds('last-day').created, instant)
      expect(isRecent).toBe(instant >= now - 86_400_000)
      expect(holds(bounds('older').created, instant)).toBe(!isRecent)
    }
  })

  it('bounds only what the age is about', () => {
    const anyTime = { from: null, until: null }
    expect(bounds('any')).toEqual({ due: anyTime, created: anyTime })
    for (const age of requestAges) expect([bounds(age).due, bounds(age).created]).toContainEqual(anyTime)
  })
})
