import { describe, expect, it } from 'vitest'
import {
  assertApprover,
  assertGate,
  attestationsAllowed,
  callBackNumbers,
  gate,
  type GateContext,
  type ProofFacts,
} from '../../../src/main/domain/verification'
import { isStrong, methodUsability } from '../../../src/main/domain/verification-methods'
import { AppError } from '../../../src/shared/errors'
import { proofKinds } from '../../../src/shared/model/verification'
import {
  aContext,
  aMethod,
  agent,
  anAttestation,
  approver,
  aProof,
  day,
  iso,
  minute,
  now,
  openedAt,
  otherAgent,
  otherPerson,
  person,
} from './verification-facts'

const app = aProof({ kind: 'app' })
const phone = aProof({ kind: 'phone' })
const key = aProof({ kind: 'key' })
const strongMethods = [aMethod({ kind: 'app' }), aMethod({ kind: 'key' })]

function refusalOf(context: GateContext): string | null {
  try {
    assertGate(context)
    return null
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
}

describe('gate', () => {
  it('wants as many different kinds as the policy says', () => {
    expect(gate(aContext())).toEqual({
      required: 2,
      requiredStrong: 0,
      approvalRequired: false,
      satisfied: false,
      satisfiedUntil: null,
      blocked: null,
      spend: [],
    })
    expect(gate(aContext({ proofs: [app] })).satisfied).toBe(false)
    expect(gate(aContext({ proofs: [app, { ...app, id: 'again' }] })).satisfied).toBe(false)
    expect(gate(aContext({ proofs: [app, phone] }))).toMatchObject({ satisfied: true, spend: [app.id, phone.id] })
    expect(gate(aContext({ proofs: [app], methodsRequired: 1 })).satisfied).toBe(true)
    expect(gate(aContext({ proofs: [app, phone], methodsRequired: 3 })).satisfied).toBe(false)
    expect(gate(aContext({ proofs: [], methodsRequired: 0 })).satisfied).toBe(false)
  })

  it('counts SMS and voice of one number as one kind', () => {
    const methods = [
      aMethod({ kind: 'phone', id: 'sms' }),
      aMethod({ kind: 'phone', id: 'voice' }),
      aMethod({ kind: 'app' }),
    ]
    const sms = aProof({ kind: 'phone', methodId: 'sms' })
    const voice = aProof({ kind: 'phone', methodId: 'voice' })
    expect(gate(aContext({ methods, proofs: [sms, voice] })).satisfied).toBe(false)
    expect(gate(aContext({ methods, proofs: [sms, voice, app] })).satisfied).toBe(true)
  })

  it.each<[string, Partial<ProofFacts>]>([
    ['another agent’s', { agentId: otherAgent }],
    ['another request’s', { requestId: 'request-2' }],
    ['another person’s', { personId: otherPerson }],
    ['an expired', { expiresAt: iso(now) }],
    ['a spent', { spentAt: iso(now - 1) }],
    ['a refused', { approval: 'refused' }],
    ['a waiting', { approval: 'waiting' }],
    ['a future', { provenAt: iso(now + minute) }],
    ['an unreadable', { expiresAt: 'never' }],
    ['an undated', { provenAt: '' }],
    ['an unregistered method’s', { methodId: 'gone' }],
    ['a methodless', { methodId: null }],
    ['another kind’s', { methodId: 'phone' }],
    ['an attested app', { attestation: 'in-person' }],
  ])('does not count %s proof', (_whose, change) => {
    expect(gate(aContext({ proofs: [{ ...app, ...change }], methodsRequired: 1 }))).toMatchObject({
      satisfied: false,
      spend: [],
    })
    const beside = gate(aContext({ proofs: [app, phone, { ...app, id: 'odd', ...change }] }))
    expect(beside.spend).toEqual([app.id, phone.id])
  })

  it('spends every proof that counts, so that none is left for a second write', () => {
    const again = { ...app, id: 'again' }
    expect(gate(aContext({ proofs: [app, phone, again], methodsRequired: 1 })).spend).toEqual([
      app.id,
      phone.id,
      again.id,
    ])
  })

  it('is satisfied until the first moment at which the proofs no longer suffice', () => {
    const early = { ...app, id: 'early', expiresAt: iso(now + minute) }
    const late = { ...phone, expiresAt: iso(now + 5 * minute) }
    expect(gate(aContext({ proofs: [early, late] })).satisfiedUntil).toBe(iso(now + minute))
    expect(gate(aContext({ proofs: [early, late, app] })).satisfiedUntil).toBe(iso(now + 5 * minute))
    expect(gate(aContext({ proofs: [early, app], methodsRequired: 1 })).satisfiedUntil).toBe(app.expiresAt)

    const until = aContext({ proofs: [early, late], now: now + minute - 1 })
    expect(gate(until).satisfied).toBe(true)
    expect(gate({ ...until, now: now + minute }).satisfied).toBe(false)
  })

  it('counts a new method only beside an older one of another kind', () => {
    const young = aMethod({ kind: 'app', registeredAt: iso(now - 6 * day) })
    const old = aMethod({ kind: 'phone' })
    expect(gate(aContext({ methods: [young, old], proofs: [app, phone] })).satisfied).toBe(true)
    expect(gate(aContext({ methods: [young, old], proofs: [app], methodsRequired: 1 })).satisfied).toBe(false)
    const alsoYoung = aMethod({ kind: 'key', registeredAt: iso(now - day) })
    expect(gate(aContext({ methods: [young, alsoYoung, old], proofs: [app, key] })).satisfied).toBe(false)
    expect(gate(aContext({ methods: [young, alsoYoung, old], proofs: [app, key, phone] })).satisfied).toBe(true)
  })

  it('counts no telephone number that cannot be reached, and proofs the person as one who has too little', () => {
    const policy = { allowCallBack: false }
    const without = aContext({ proofs: [app, phone], channels: ['mail'], policy })
    expect(gate(without)).toMatchObject({ satisfied: false, required: 1, approvalRequired: true })
    expect(methodUsability(aMethod({ kind: 'phone' }), without).unusable).toBe('not-in-policy')
    expect(gate({ ...without, proofs: [anAttestation()] }).satisfied).toBe(true)
    expect(gate(aContext({ proofs: [anAttestation()], policy })).satisfied).toBe(false)
  })

  it('exempts the first registration after proofing in person', () => {
    const first = aMethod({ kind: 'app', registeredAt: iso(openedAt - minute), firstInPerson: true })
    expect(gate(aContext({ methods: [first], proofs: [app], methodsRequired: 1 })).satisfied).toBe(true)
  })

  it('does not count a proof whose method became old enough only after the check', () => {
    const ripe = iso(now - 7 * day + minute)
    const methods = [aMethod({ kind: 'app', registeredAt: ripe })]
    const context = aContext({ methods, proofs: [app], methodsRequired: 1, now: now + 2 * minute })
    expect(methodUsability(methods[0] ?? aMethod({ kind: 'app' }), context).unusable).toBeNull()
    expect(gate(context).satisfied).toBe(false)
    const after = { ...app, provenAt: iso(now + minute) }
    expect(gate({ ...context, proofs: [after] }).satisfied).toBe(true)
  })

  it('never counts a method that was registered after the request was opened', () => {
    const late = aMethod({ kind: 'app', registeredAt: iso(openedAt + 1), firstInPerson: true })
    const methods = [late, aMethod({ kind: 'phone' }), aMethod({ kind: 'key' })]
    expect(gate(aContext({ methods, proofs: [app, phone] })).satisfied).toBe(false)
    expect(gate(aContext({ methods, proofs: [app, phone], now: now + 60 * day })).satisfied).toBe(false)
  })

  it('counts mail and questions for a password reset, not for a code or a registration', () => {
    const methods = [aMethod({ kind: 'mail' }), aMethod({ kind: 'knowledge' })]
    const proofs = [aProof({ kind: 'mail' }), aProof({ kind: 'knowledge' })]
    expect(gate(aContext({ methods, proofs, action: 'reset' })).satisfied).toBe(true)
    expect(gate(aContext({ methods, proofs, action: 'unlock' })).satisfied).toBe(true)
    const forCode = proofs.map((proof) => ({ ...proof, action: 'access-code' as const }))
    expect(gate(aContext({ methods, proofs: forCode, action: 'access-code' })).satisfied).toBe(false)
    expect(gate(aContext({ methods, proofs, action: 'registration' })).satisfied).toBe(false)
  })

  it('lets nobody act on themselves', () => {
    const context = aContext({
      proofs: [
        { ...app, agentId: person },
        { ...phone, agentId: person },
      ],
      agentId: person,
    })
    expect(gate(context)).toMatchObject({ blocked: 'self', satisfied: false, satisfiedUntil: null, spend: [] })
  })
})

describe('gate, attested', () => {
  it('takes one approved attestation from a person with too few methods', () => {
    for (const methods of [[], [aMethod({ kind: 'app' })]]) {
      const context = aContext({ methods, proofs: [anAttestation()] })
      expect(gate({ ...context, proofs: [] })).toMatchObject({ required: 1, approvalRequired: true, satisfied: false })
      expect(gate(context)).toMatchObject({ required: 1, approvalRequired: true, satisfied: true })
      const forCode = [anAttestation({ action: 'access-code' })]
      expect(gate({ ...context, proofs: forCode, action: 'access-code' }).satisfied).toBe(true)
    }
  })

  it('does not take the one method of such a person alone', () => {
    expect(gate(aContext({ methods: [aMethod({ kind: 'app' })], proofs: [app] })).satisfied).toBe(false)
  })

  it('never takes an attestation in place of methods that the person has', () => {
    expect(gate(aContext({ proofs: [anAttestation()] })).satisfied).toBe(false)
    expect(gate(aContext({ proofs: [anAttestation(), app] })).satisfied).toBe(false)
    expect(gate(aContext({ proofs: [anAttestation()] })).approvalRequired).toBe(false)
  })

  it.each<[string, Partial<ProofFacts>]>([
    ['waiting', { approval: 'waiting', approverId: null }],
    ['refused', { approval: 'refused' }],
    ['without approval', { approval: null, approverId: null }],
    ['approved by nobody', { approverId: null }],
    ['approved by the agent', { approverId: agent }],
    ['approved by the person', { approverId: person }],
    ['of no known kind', { attestation: null }],
    ['expired', { expiresAt: iso(now) }],
    ['spent', { spentAt: iso(now) }],
    ['of another agent', { agentId: otherAgent }],
  ])('does not count one that is %s', (_why, change) => {
    expect(gate(aContext({ methods: [], proofs: [anAttestation(change)] })).satisfied).toBe(false)
  })

  it('takes no in-person check by phone, but a call-back', () => {
    const onPhone = aContext({ methods: [], channel: 'phone' })
    expect(gate({ ...onPhone, proofs: [anAttestation()] }).satisfied).toBe(false)
    expect(gate({ ...onPhone, proofs: [anAttestation({ attestation: 'call-back' })] }).satisfied).toBe(true)
  })

  it('allows no registration change', () => {
    expect(gate(aContext({ methods: [], proofs: [anAttestation()], action: 'registration' })).satisfied).toBe(false)
  })
})

describe('gate, privileged', () => {
  const methods = strongMethods
  const inPerson = aContext({ privileged: true, methods, proofs: [app, key, anAttestation()] })

  it('wants two strong kinds and an approved check in person', () => {
    expect(gate(inPerson)).toMatchObject({ required: 2, requiredStrong: 2, approvalRequired: true, satisfied: true })
    expect(gate({ ...inPerson, policy: { ...inPerson.policy, methodsRequired: 1 } })).toMatchObject({ required: 2 })
    expect(gate({ ...inPerson, proofs: [app, key] }).satisfied).toBe(false)
    expect(gate({ ...inPerson, proofs: [app, anAttestation()] }).satisfied).toBe(false)
    expect(gate({ ...inPerson, proofs: [anAttestation()] }).satisfied).toBe(false)
    const callBack = anAttestation({ attestation: 'call-back' })
    expect(gate({ ...inPerson, proofs: [app, key, callBack] }).satisfied).toBe(false)
    expect(gate({ ...inPerson, proofs: [app, key, anAttestation({ approval: 'waiting' })] }).satisfied).toBe(false)
  })

  it('counts no weak kind', () => {
    const withPhone = { ...inPerson, methods: [...methods, aMethod({ kind: 'phone' })] }
    expect(gate({ ...withPhone, proofs: [app, phone, anAttestation()] }).satisfied).toBe(false)
  })

  it('is blocked by phone, whatever is proven', () => {
    const onPhone = aContext({ privileged: true, methods, proofs: inPerson.proofs, channel: 'phone' })
    expect(gate(onPhone)).toMatchObject({ blocked: 'privileged-by-phone', satisfied: false, spend: [] })
  })

  it('is blocked without two usable strong kinds', () => {
    for (const few of [[], [aMethod({ kind: 'app' })], [aMethod({ kind: 'app' }), aMethod({ kind: 'phone' })]]) {
      expect(gate({ ...inPerson, methods: few })).toMatchObject({
        blocked: 'privileged-needs-strong',
        satisfied: false,
      })
    }
    const young = methods.map((method) => ({ ...method, registeredAt: iso(now - day) }))
    expect(gate({ ...inPerson, methods: young }).blocked).toBe('privileged-needs-strong')
    const late = methods.map((method) => ({ ...method, registeredAt: iso(openedAt + minute), firstInPerson: true }))
    expect(gate({ ...inPerson, methods: late }).blocked).toBe('privileged-needs-strong')
  })
})

describe('assertGate', () => {
  it('answers the gate when it is satisfied', () => {
    expect(assertGate(aContext({ proofs: [app, phone] })).spend).toEqual([app.id, phone.id])
  })

  it('names the first thing that stands in the way', () => {
    const expired = { ...app, expiresAt: iso(now) }
    const spent = { ...app, spentAt: iso(now) }
    const waiting = anAttestation({ approval: 'waiting', approverId: null })
    const few = { methods: [] }
    expect(refusalOf(aContext())).toBe('caller-not-verified')
    expect(refusalOf(aContext({ proofs: [app] }))).toBe('caller-not-verified')
    expect(refusalOf(aContext({ proofs: [expired] }))).toBe('caller-not-verified')
    expect(refusalOf(aContext({ proofs: [expired, phone] }))).toBe('proof-expired')
    expect(refusalOf(aContext({ proofs: [spent, phone] }))).toBe('proof-spent')
    expect(refusalOf(aContext({ proofs: [spent, { ...phone, expiresAt: iso(now) }] }))).toBe('proof-expired')
    expect(refusalOf(aContext({ ...few, proofs: [waiting] }))).toBe('approval-needed')
    expect(refusalOf(aContext({ ...few, proofs: [{ ...waiting, expiresAt: iso(now) }] }))).toBe('proof-expired')
    expect(refusalOf(aContext({ ...few, proofs: [anAttestation({ approval: 'refused' })] }))).toBe(
      'caller-not-verified',
    )
    expect(refusalOf(aContext({ proofs: [waiting] }))).toBe('caller-not-verified')
  })

  it('names what no proof can mend before what is missing', () => {
    const privileged = { privileged: true, methods: strongMethods }
    expect(refusalOf(aContext({ ...privileged, channel: 'phone', agentId: person }))).toBe('self-action')
    expect(refusalOf(aContext({ ...privileged, channel: 'phone' }))).toBe('privileged-by-phone')
    expect(refusalOf(aContext({ privileged: true }))).toBe('privileged-needs-strong')
    expect(refusalOf(aContext(privileged))).toBe('caller-not-verified')
    const waiting = anAttestation({ approval: 'waiting', approverId: null })
    expect(refusalOf(aContext({ ...privileged, proofs: [app, key, waiting] }))).toBe('approval-needed')
    expect(refusalOf(aContext({ ...privileged, proofs: [app, key, anAttestation()] }))).toBeNull()
  })

  it('does not tell of another agent’s or request’s proofs', () => {
    const foreign = [app, phone].map((proof) => ({ ...proof, agentId: otherAgent, spentAt: iso(now) }))
    expect(refusalOf(aContext({ proofs: foreign }))).toBe('caller-not-verified')
  })
})

describe('methodUsability', () => {
  it('says why a method cannot be used, and when it can', () => {
    const young = aMethod({ kind: 'app', registeredAt: iso(now - 6 * day) })
    const alone = aContext({ methods: [young] })
    expect(methodUsability(young, alone)).toEqual({ unusable: 'cooling-down', usableAt: iso(now + day) })
    expect(methodUsability(young, { ...alone, now: now + day })).toEqual({ unusable: null, usableAt: null })

    const besides = aContext({ methods: [young, aMethod({ kind: 'phone' })] })
    expect(methodUsability(young, besides).unusable).toBeNull()
    const one = aContext({ methods: besides.methods, methodsRequired: 1 })
    expect(methodUsability(young, one).unusable).toBe('cooling-down')
    const sameKind = aContext({ methods: [young, aMethod({ kind: 'app', id: 'old app' })] })
    expect(methodUsability(young, sameKind).unusable).toBe('cooling-down')
    const besideLate = aContext({ methods: [young, aMethod({ kind: 'phone', registeredAt: iso(openedAt + 1) })] })
    expect(methodUsability(young, besideLate).unusable).toBe('cooling-down')
  })

  it('names the reasons that no waiting mends', () => {
    const context = aContext()
    const of = (method: ReturnType<typeof aMethod>, change: Partial<GateContext> = {}) =>
      methodUsability(method, { ...context, ...change }).unusable
    expect(of(aMethod({ kind: 'app', registeredAt: iso(openedAt + 1) }))).toBe('registered-after-request')
    expect(of(aMethod({ kind: 'app', registeredAt: iso(openedAt) }))).not.toBe('registered-after-request')
    expect(of(aMethod({ kind: 'app', registeredAt: 'unreadable', firstInPerson: true }))).toBe(
      'registered-after-request',
    )
    expect(of(aMethod({ kind: 'phone' }), { privileged: true })).toBe('not-for-privileged')
    expect(of(aMethod({ kind: 'mail' }), { privileged: true })).toBe('not-for-privileged')
    expect(of(aMethod({ kind: 'mail' }), { action: 'registration' })).toBe('not-in-policy')
    expect(of(aMethod({ kind: 'knowledge' }), { action: 'registration' })).toBe('not-in-policy')
    expect(of(aMethod({ kind: 'knowledge' }), { action: 'access-code' })).toBe('not-in-policy')
    expect(of(aMethod({ kind: 'attested' }))).toBe('not-in-policy')
    expect(of(aMethod({ kind: 'app', personId: otherPerson }))).toBe('not-in-policy')
  })
})

describe('attestationsAllowed', () => {
  const numbers = [
    { field: 'mobile' as const, masked: '••••5678', changedAt: iso(now - 8 * day) },
    { field: 'telephone' as const, masked: '••••1111', changedAt: iso(now - 6 * day) },
  ]

  it('offers nothing to a person with enough methods', () => {
    expect(attestationsAllowed(aContext({ numbers }))).toEqual([])
    expect(attestationsAllowed(aContext({ numbers, methods: [aMethod({ kind: 'app' })], methodsRequired: 1 }))).toEqual(
      [],
    )
  })

  it('offers the check in person to a walk-in and a call-back to an unchanged number', () => {
    const few = { methods: [aMethod({ kind: 'app' as const })], numbers }
    expect(attestationsAllowed(aContext(few))).toEqual(['in-person', 'call-back'])
    expect(attestationsAllowed(aContext({ ...few, channel: 'phone' }))).toEqual(['call-back'])
    expect(attestationsAllowed(aContext({ ...few, channel: 'phone', numbers: numbers.slice(1) }))).toEqual([])
    expect(attestationsAllowed(aContext({ ...few, action: 'registration' }))).toEqual([])
  })

  it('offers a privileged person nothing by phone, and only the check in person beside two strong kinds', () => {
    const privileged = { privileged: true, numbers }
    expect(attestationsAllowed(aContext({ ...privileged, methods: strongMethods, channel: 'phone' }))).toEqual([])
    expect(attestationsAllowed(aContext({ ...privileged, methods: [] }))).toEqual([])
    expect(attestationsAllowed(aContext({ ...privileged, methods: strongMethods }))).toEqual(['in-person'])
  })

  it('knows a number only if it is known to be old', () => {
    const fields = (changedAt: string | null) =>
      callBackNumbers(aContext({ numbers: [{ field: 'mobile', masked: '', changedAt }] })).length
    expect(fields(iso(now - 7 * day))).toBe(1)
    expect(fields(iso(now - 7 * day + 1))).toBe(0)
    expect(fields(iso(now + day))).toBe(0)
    expect(fields(null)).toBe(0)
    expect(fields('unreadable')).toBe(0)
  })
})

describe('assertApprover', () => {
  const refusal = (id: string, roles: ('agent' | 'approver' | 'admin' | 'auditor')[]): unknown => {
    try {
      assertApprover({ agentId: agent, targetId: person, approver: { id, roles } })
      return null
    } catch (error) {
      return error instanceof AppError ? error.code : error
    }
  }

  it('wants a second person with the role', () => {
    expect(refusal(approver, ['agent', 'approver'])).toBeNull()
    expect(refusal(agent, ['agent', 'approver'])).toBe('approver-is-agent')
    expect(refusal(person, ['approver'])).toBe('approver-is-target')
    expect(refusal(approver, ['agent', 'admin', 'auditor'])).toBe('approver-without-role')
    expect(refusal(approver, [])).toBe('approver-without-role')
  })
})

describe('isStrong', () => {
  it('holds for app and key only', () => {
    expect(proofKinds.filter(isStrong)).toEqual(['app', 'key'])
  })
})
