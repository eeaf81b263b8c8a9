import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diagnose } from '../../../src/main/domain/diagnosis'
import type { DiagnosisFacts } from '../../../src/main/domain/diagnosis'
import { defaultPolicy } from '../../../src/main/domain/policy'
import type { MethodFacts } from '../../../src/main/domain/verification-methods'
import { diagnosis as diagnosisModel } from '../../../src/shared/model/diagnosis'
import type { AccountState } from '../../../src/shared/model/person'
import { requestReasons } from '../../../src/shared/model/request'
import { proofKinds } from '../../../src/shared/model/verification'
import { aMethod, day, iso, now, person } from './verification-facts'

const wellState: AccountState = {
  locked: false,
  lockedAt: null,
  unlocksAt: null,
  disabled: false,
  accountExpiresAt: null,
  accountExpired: false,
  passwordChangedAt: iso(now - 10 * day),
  passwordExpiresAt: null,
  passwordNeverExpires: true,
  passwordExpired: false,
  mustChange: false,
  smartCardRequired: false,
  badPasswordCount: 0,
  lastSignInAt: null,
  readAt: iso(now),
}

interface Change extends Partial<Omit<DiagnosisFacts, 'person' | 'policy'>> {
  readonly state?: Partial<AccountState>
  readonly privileged?: boolean
  readonly methodsRequired?: number
}

/** An ordinary person in scope with two settled methods, for whom self-service would work. */
function facts({ state = {}, privileged = false, methodsRequired = 2, ...change }: Change = {}): DiagnosisFacts {
  return {
    now,
    policy: { ...defaultPolicy, methodsRequired },
    person: { id: person, state: { ...wellState, ...state }, privileged },
    methods: [aMethod({ kind: 'app' }), aMethod({ kind: 'phone' })],
    channels: ['sms', 'voice', 'mail'],
    heightened: false,
    scope: 'selected',
    inScopeBy: 'sspr-users',
    elsewhereBy: null,
    notWrittenBackBy: null,
    reason: null,
    ...change,
  }
}

const fresh = (kind: MethodFacts['kind']): MethodFacts => aMethod({ kind, registeredAt: iso(now - day) })

describe('diagnose', () => {
  it.each<[string, Change, object]>([
    ['nothing is wrong', {}, { cause: 'none', reason: 'ready', microsoftCode: null, decidedBy: 'sspr-users' }],
    [
      'the password is kept elsewhere',
      { elsewhereBy: 'partner-accounts' },
      {
        cause: 'managed-elsewhere',
        reason: 'password-elsewhere',
        microsoftCode: null,
        decidedBy: 'partner-accounts',
        fixes: ['refer'],
      },
    ],
    [
      'the password is here, and nothing writes back to it',
      { notWrittenBackBy: 'head-office', scope: 'none', state: { locked: true } },
      {
        cause: 'managed-elsewhere',
        reason: 'no-write-back',
        microsoftCode: 'SSPR_0010',
        decidedBy: 'head-office',
        fixes: ['reset-here', 'unlock-here'],
      },
    ],
    [
      'a smart card is required',
      { state: { smartCardRequired: true } },
      { cause: 'managed-elsewhere', reason: 'smart-card', microsoftCode: null, fixes: ['refer'] },
    ],
    [
      'self-service is off',
      { scope: 'none', inScopeBy: null },
      {
        cause: 'not-enabled',
        reason: 'organisation-off',
        microsoftCode: 'SSPR_0009',
        fixes: ['reset-here', 'turn-on'],
      },
    ],
    [
      'the person is in no group of the scope',
      { inScopeBy: null },
      {
        cause: 'not-enabled',
        reason: 'not-in-scope',
        microsoftCode: 'SSPR_0013',
        decidedBy: '',
        fixes: ['reset-here', 'add-to-scope'],
      },
    ],
    [
      'nothing is registered',
      { methods: [] },
      {
        cause: 'not-registered',
        reason: 'no-method',
        microsoftCode: 'SSPR_0014',
        registered: 0,
        required: 2,
        fixes: ['reset-here', 'register-in-person'],
      },
    ],
    [
      'one kind of two is registered',
      { methods: [aMethod({ kind: 'app' }), aMethod({ kind: 'app', id: 'second' })] },
      { cause: 'not-registered', reason: 'too-few-methods', microsoftCode: 'SSPR_0014', registered: 1 },
    ],
    [
      'what is registered is too new',
      { methods: [fresh('app'), fresh('phone')] },
      {
        cause: 'not-registered',
        reason: 'methods-waiting',
        microsoftCode: 'SSPR_0014',
        registered: 0,
        fixes: ['reset-here', 'wait'],
      },
    ],
    [
      'too little is registered even after the wait',
      { methods: [fresh('app')] },
      { reason: 'too-few-methods', registered: 0 },
    ],
    [
      'a new method lies beside an older one',
      { methods: [aMethod({ kind: 'app' }), fresh('phone')] },
      { reason: 'ready' },
    ],
    ['no gateway sends codes', { channels: ['mail'] }, { reason: 'too-few-methods', registered: 1 }],
    [
      'an imported method waits to be proven',
      { methods: [aMethod({ kind: 'app' }), { ...aMethod({ kind: 'phone' }), confirmedAt: null }] },
      { reason: 'too-few-methods', registered: 1 },
    ],
    ['weak kinds do not count now', { heightened: true }, { reason: 'too-few-methods', registered: 1, required: 2 }],
    [
      'a security key is theirs, whatever this machine reads',
      { methods: [aMethod({ kind: 'app' }), aMethod({ kind: 'key' })] },
      { reason: 'ready', registered: 2 },
    ],
    [
      'one method is enough by policy',
      { methods: [aMethod({ kind: 'app' })], methodsRequired: 1 },
      { reason: 'ready', required: 1 },
    ],
    [
      'a privileged person needs two strong kinds',
      { privileged: true, methodsRequired: 1 },
      { reason: 'too-few-methods', registered: 1, required: 2, obstacles: ['privileged'] },
    ],
  ])('answers when %s', (_when, change, expected) => {
    expect(diagnose(facts(change))).toMatchObject(expected)
  })

  it('gives everybody the scope when it is all, whatever groups say', () => {
    expect(diagnose(facts({ scope: 'all', inScopeBy: null }))).toMatchObject({ reason: 'ready', decidedBy: '' })
  })

  it('counts what was registered this minute: the question is why self-service failed, not what this request may use', () => {
    const methods = [aMethod({ kind: 'app', registeredAt: iso(now), firstInPerson: true })]
    expect(diagnose(facts({ methods, methodsRequired: 1 }))).toMatchObject({ reason: 'ready' })
  })

  it('names every obstacle, in one order', () => {
    const state = { disabled: true, accountExpired: true, locked: true, mustChange: true, passwordExpired: true }
    expect(diagnose(facts({ state, privileged: true })).obstacles).toEqual([
      'disabled',
      'account-expired',
      'locked',
      'must-change',
      'password-expired',
      'privileged',
    ])
    expect(diagnose(facts()).obstacles).toEqual([])
  })

  it('offers first what must come first', () => {
    const locked = { locked: true }
    expect(diagnose(facts({ state: locked, methods: [] })).fixes).toEqual([
      'reset-here',
      'unlock-here',
      'register-in-person',
    ])
    expect(diagnose(facts({ state: locked, methods: [], reason: 'locked-out' })).fixes).toEqual([
      'unlock-here',
      'reset-here',
      'register-in-person',
    ])
    expect(diagnose(facts({ state: { disabled: true } })).fixes).toEqual(['enable-account', 'reset-here'])
    expect(diagnose(facts()).fixes).toEqual(['use-self-service', 'reset-here'])
  })

  it('never offers a reset where the password is kept elsewhere, nor self-service to a closed account', () => {
    const elsewhere = diagnose(facts({ elsewhereBy: 'x', state: { locked: true } })).fixes
    expect(elsewhere).toEqual(['refer', 'unlock-here'])
    expect(diagnose(facts({ state: { accountExpired: true } })).fixes).not.toContain('use-self-service')
  })
})

const aFact: fc.Arbitrary<DiagnosisFacts> = fc
  .record({
    scope: fc.constantFrom('none', 'selected', 'all'),
    inScopeBy: fc.option(fc.string()),
    elsewhereBy: fc.option(fc.string()),
    notWrittenBackBy: fc.option(fc.string()),
    reason: fc.option(fc.constantFrom(...requestReasons)),
    privileged: fc.boolean(),
    methodsRequired: fc.integer({ min: 1, max: 4 }),
    channels: fc.subarray(['sms' as const, 'voice' as const, 'mail' as const]),
    heightened: fc.boolean(),
    state: fc.record({
      locked: fc.boolean(),
      disabled: fc.boolean(),
      accountExpired: fc.boolean(),
      mustChange: fc.boolean(),
      passwordExpired: fc.boolean(),
      smartCardRequired: fc.boolean(),
    }),
    methods: fc.array(
      fc.record({
        id: fc.uuid(),
        kind: fc.constantFrom(...proofKinds),
        age: fc.integer({ min: -1, max: 30 }),
        firstInPerson: fc.boolean(),
      }),
      { maxLength: 5 },
    ),
  })
  .map(({ methods, ...rest }) =>
    facts({
      ...rest,
      methods: methods.map(({ age, ...each }) => aMethod({ ...each, registeredAt: iso(now - age * day) })),
    }),
  )

describe('diagnose, whatever is the case', () => {
  it('answers what the model knows, with one cause for each reason', () => {
    const causes = new Map<string, string>()
    fc.assert(
      fc.property(aFact, (fact) => {
        const found = diagnose(fact)
        expect(diagnosisModel.parse(found)).toEqual(found)
        expect(causes.get(found.reason) ?? found.cause).toBe(found.cause)
        causes.set(found.reason, found.cause)
      }),
    )
  })

  it('offers each fix once, and always at least one', () => {
    fc.assert(
      fc.property(aFact, (fact) => {
        const { fixes, obstacles } = diagnose(fact)
        expect(new Set(fixes).size).toBe(fixes.length)
        expect(fixes.length).toBeGreaterThan(0)
        expect(fixes.includes('unlock-here')).toBe(fact.person.state.locked)
        expect(fixes.includes('enable-account')).toBe(
          obstacles.includes('disabled') || obstacles.includes('account-expired'),
        )
      }),
    )
  })

  it('calls nobody ready who is elsewhere, out of scope, or short of methods', () => {
    fc.assert(
      fc.property(aFact, (fact) => {
        const { cause, registered, required } = diagnose(fact)
        const isBarred =
          fact.elsewhereBy !== null ||
          fact.notWrittenBackBy !== null ||
          fact.person.state.smartCardRequired ||
          fact.scope === 'none' ||
          (fact.scope === 'selected' && fact.inScopeBy === null)
        expect(cause === 'none').toBe(!isBarred && registered >= required)
      }),
    )
  })

  it('is never made worse by one more settled method', () => {
    fc.assert(
      fc.property(aFact, fc.constantFrom('app' as const, 'key' as const), (fact, kind) => {
        const more = diagnose({ ...fact, methods: [...fact.methods, aMethod({ kind, id: 'another' })] })
        const before = diagnose(fact)
        expect(more.registered).toBeGreaterThanOrEqual(before.registered)
        if (before.cause === 'none') expect(more.cause).toBe('none')
      }),
    )
  })
})
