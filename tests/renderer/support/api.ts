import { vi, type Mock } from 'vitest'
import { contract, type Api, type Feature } from '../../../src/shared/contract'
import type { ErrorCode, ErrorParams, Result } from '../../../src/shared/errors'
import type { DeskEventName, DeskEvents } from '../../../src/shared/events'
import type { Diagnosis } from '../../../src/shared/model/diagnosis'
import type { Operator, SessionStatus } from '../../../src/shared/model/operator'
import type { Threat } from '../../../src/shared/model/threat'

/** Only the calls that a test expects; any other one fails it, but for those that screens make by themselves (`quiet`). */
export type Calls = { readonly [F in Feature]?: Partial<Api[F]> }

export interface FakeApi {
  /** Sends a push as main would. */
  readonly emit: <N extends DeskEventName>(name: N, payload: DeskEvents[N]) => void
  /** The names of the calls so far, in order: `session.signIn`. */
  readonly called: string[]
  /** How many listeners are registered. */
  readonly listeners: () => number
}

/** What every working screen reads beside its own subject: nothing is the matter, nothing waits. */
const quiet: Calls = {
  requests: { views: () => ok([]) },
  intake: {
    list: () => ok({ mails: [], nextCursor: null, toSort: 0 }),
    ofRequest: () => ok([]),
  },
  diagnosis: {
    ofRequest: () => ok(aDiagnosis()),
    ofPerson: () => ok(aDiagnosis()),
  },
  health: {
    status: () => ok({ parts: [] }),
    check: () => ok({ parts: [] }),
  },
  approvals: { list: () => ok([]) },
  threat: { get: () => ok(aThreat()) },
  securityKey: {
    availability: () => ok({ available: true, dialog: false }),
    state: () => ok(null),
  },
}

/** Puts a `window.api` in place that is typed as the contract and answers with these calls. */
export function fakeApi(calls: Calls): FakeApi {
  const called: string[] = []
  const listeners = new Map<string, Set<(payload: never) => void>>()

  const features = Object.entries(contract).map(([feature, methods]) => {
    const given: Partial<Record<string, unknown>> = { ...quiet[feature as Feature], ...calls[feature as Feature] }
    const entries = Object.keys(methods).map((method) => {
      const answer = given[method]
      const call: Mock = vi.fn((...input: unknown[]) => {
        called.push(`${feature}.${method}`)
        if (typeof answer !== 'function') throw new Error(`unexpected call ${feature}.${method}`)
        return Reflect.apply(answer, undefined, input) as unknown
      })
      return [method, call] as const
    })
    return [feature, Object.fromEntries(entries)] as const
  })

  const api = {
    ...Object.fromEntries(features),
    on: (name: string, listener: (payload: never) => void) => {
      const set = listeners.get(name) ?? new Set()
      listeners.set(name, set.add(listener))
      return () => set.delete(listener)
    },
  } as unknown as Api

  Object.defineProperty(window, 'api', { value: api, configurable: true })
  return {
    called,
    emit: (name, payload) => {
      for (const listener of listeners.get(name) ?? []) listener(payload as never)
    },
    listeners: () => [...listeners.values()].reduce((sum, set) => sum + set.size, 0),
  }
}

export function ok<T>(value: T): Promise<Result<T>> {
  return Promise.resolve({ ok: true, value })
}

export function refused<T>(code: ErrorCode, params: ErrorParams = {}): Promise<Result<T>> {
  return Promise.resolve({ ok: false, code, params })
}

export function aDiagnosis(change: Partial<Diagnosis> = {}): Diagnosis {
  return {
    cause: 'not-enabled',
    reason: 'not-in-scope',
    microsoftCode: 'SSPR_0013',
    obstacles: [],
    fixes: ['reset-here', 'add-to-scope'],
    registered: 2,
    required: 2,
    decidedBy: '',
    at: '2026-11-23T03:00:00.000Z',
    ...change,
  }
}

/** Nobody has ever switched it on. */
export function aThreat(change: Partial<Threat> = {}): Threat {
  return { heightened: false, reason: '', changedAt: null, changedBy: '', ...change }
}

export function anOperator(change: Partial<Operator> = {}): Operator {
  return {
    id: '00000000-0000-4000-8000-000000000001@dc=example',
    name: '佐藤 美咲',
    userId: 'sato.misaki',
    roles: ['agent'],
    ...change,
  }
}

export function aStatus(change: Partial<SessionStatus> = {}): SessionStatus {
  return {
    phase: 'signed-out',
    problem: null,
    organisation: '株式会社さくら商事',
    directoryKind: 'openldap',
    server: null,
    operator: null,
    idleLockSeconds: 300,
    dueSoonSeconds: 3600,
    closed: false,
    keyFileWarning: false,
    sample: false,
    configPath: '/etc/sspr-desk/config.json',
    now: '2026-11-23T03:00:00.000Z',
    ...change,
  }
}

export function anActiveStatus(change: Partial<SessionStatus> = {}): SessionStatus {
  return aStatus({ phase: 'active', operator: anOperator(), server: 'ldap1.example.co.jp:636', ...change })
}
