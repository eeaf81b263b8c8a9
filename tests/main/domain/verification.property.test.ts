import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  assertGate,
  checkUsability,
  gate,
  type GateContext,
  type ProofFacts,
} from '../../../src/main/domain/verification'
import { methodUsability, type GateAction, type MethodFacts } from '../../../src/main/domain/verification-methods'
import { AppError } from '../../../src/shared/errors'
import { proofKinds } from '../../../src/shared/model/verification'
import {
  aContext,
  agent,
  anAttestation,
  aProof,
  approver,
  day,
  iso,
  minute,
  now,
  openedAt,
  otherAgent,
  otherPerson,
  person,
  request,
  typeOf,
} from './verification-facts'

const runs = { numRuns: 1000 }
const actions: readonly GateAction[] = ['reset', 'unlock', 'access-code', 'registration']
const methodKinds = ['app', 'phone', 'key', 'mail', 'knowledge'] as const

/** Mostly `usual`, so that satisfied gates are common enough to say something about. */
function mostly<T>(usual: T, ...unusual: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof({ arbitrary: fc.constant(usual), weight: 12 }, { arbitrary: fc.constantFrom(...unusual), weight: 1 })
}

const methods: fc.Arbitrary<MethodFacts[]> = fc.uniqueArray(
  fc
    .record({
      id: fc.constantFrom('m1', 'm2', 'm3', 'm4', 'm5'),
      personId: mostly(person, otherPerson),
      kind: fc.constantFrom(...methodKinds),
      confirmedAt: mostly<string | null>(iso(now - 30 * day), null),
      registeredAt: mostly(iso(now - 30 * day), iso(now - 7 * day + 2 * minute), iso(now - day), iso(openedAt + 1)),
      firstInPerson: mostly(false, true),
    })
    .map((method) => ({ ...method, type: typeOf(method.kind) })),
  { selector: ({ id }) => id, maxLength: 5 },
)

function proofOf(method: MethodFacts | null): fc.Arbitrary<Omit<ProofFacts, 'id'>> {
  const isAttested = method === null
  return fc.record({
    requestId: mostly(request, 'request-2'),
    personId: mostly(person, otherPerson),
    agentId: mostly(agent, otherAgent),
    kind: isAttested ? fc.constant('attested' as const) : mostly(method.kind, ...proofKinds),
    methodId: isAttested ? fc.constant(null) : mostly<string | null>(method.id, 'gone', null),
    attestation: isAttested
      ? fc.constantFrom(
          'in-person' as const,
          'in-person' as const,
          'call-back' as const,
          'second-person' as const,
          null,
        )
      : mostly<ProofFacts['attestation']>(null, 'call-back', 'call-back', 'second-person'),
    action: mostly<ProofFacts['action']>('reset', 'access-code'),
    provenAt: fc.constantFrom(iso(now - 9 * minute), iso(now - minute), iso(now)),
    expiresAt: mostly(iso(now + minute), iso(now + 9 * minute), iso(now), iso(now - minute), 'never'),
    approval: isAttested
      ? mostly<ProofFacts['approval']>('approved', 'waiting', 'refused', null)
      : mostly<ProofFacts['approval']>(null, 'approved', 'waiting', 'refused'),
    approverId: isAttested
      ? mostly<string | null>(approver, agent, person, null)
      : mostly<string | null>(null, approver, agent, person),
    spentAt: mostly<string | null>(null, iso(now - 1)),
  })
}

const contexts: fc.Arbitrary<GateContext> = methods
  .chain((all) =>
    fc.record({
      action: mostly<GateAction>('reset', ...actions),
      agentId: mostly(agent, person),
      privileged: mostly(false, true),
      heightened: mostly(false, true),
      channel: fc.constantFrom('phone' as const, 'walk-in' as const, 'walk-in' as const, 'mail' as const),
      methodsRequired: fc.constantFrom(1, 2, 2, 3),
      methods: fc.constant(all),
      channels: mostly<GateContext['channels']>(['sms', 'voice', 'mail'], ['sms'], []),
      keyReader: mostly(true, false),
      policy: fc.record({
        allowApp: mostly(true, false),
        allowKey: mostly(true, false),
        allowSms: mostly(true, false),
        allowVoice: mostly(true, false),
        allowCallBack: mostly(true, false),
        allowMail: mostly(true, false),
        allowQuestions: mostly(true, false),
        callBackNeedsApproval: fc.boolean(),
      }),
      proofs: fc.array(fc.oneof(...[null, ...all, ...all].map(proofOf)), { maxLength: 8 }),
    }),
  )
  .map(({ proofs, ...rest }) =>
    aContext({ ...rest, proofs: proofs.map((proof, index) => ({ ...proof, id: `p${index}` })) }),
  )

/** The same under heightened threat: two strong kinds and an agreement, or a check in person, are common. */
const heightened: fc.Arbitrary<GateContext> = fc.tuple(contexts, fc.boolean()).map(([context, isHere]) => {
  const strong = ['app', 'key'] as const
  const registered = iso(now - 30 * day)
  const added = strong.map((kind): MethodFacts => ({
    id: kind,
    personId: person,
    type: kind,
    kind,
    registeredAt: registered,
    confirmedAt: registered,
    firstInPerson: false,
  }))
  const proofs = strong.map((kind) => aProof({ id: kind, kind }))
  const agreed = anAttestation({ id: 'agreed', attestation: 'second-person' })
  return {
    ...context,
    agentId: agent,
    heightened: true,
    request: { ...context.request, channel: isHere ? 'walk-in' : context.request.channel },
    methods: [...context.methods, ...added],
    proofs: isHere ? [...context.proofs, ...proofs, agreed] : context.proofs,
  }
})

/** Two strong kinds, walk-in, approved in person: a privileged person's gate is satisfied here, then one thing is changed. */
const privileged: fc.Arbitrary<GateContext> = contexts.map((context) => {
  const strong = ['app', 'key'] as const
  const added = strong.map((kind): MethodFacts => ({
    id: kind,
    personId: person,
    type: kind,
    kind,
    registeredAt: iso(now - 30 * day),
    confirmedAt: iso(now - 30 * day),
    firstInPerson: false,
  }))
  const proofs = strong.map((kind): ProofFacts => ({
    ...anAttestation({ id: kind, kind, methodId: kind, attestation: null, approval: null, approverId: null }),
  }))
  return {
    ...context,
    agentId: agent,
    privileged: true,
    methods: [...context.methods, ...added],
    proofs: [...context.proofs, ...proofs],
  }
})

const defects: readonly Partial<ProofFacts>[] = [
  { requestId: 'request-2' },
  { personId: otherPerson },
  { agentId: otherAgent },
  { expiresAt: iso(now) },
  { expiresAt: iso(now - day) },
  { spentAt: iso(now) },
  { approval: 'waiting' },
  { approval: 'refused' },
  { provenAt: iso(now + day) },
  { methodId: 'gone', kind: 'app' },
]

function kindsIn(proofs: readonly ProofFacts[]): Set<string> {
  return new Set(proofs.map(({ kind }) => kind))
}

/** The rules of DESIGN.md §5.1–5.4 said once more of the proofs that would be spent. */
function expectEnough(context: GateContext, spent: readonly ProofFacts[]): void {
  const { policy } = context
  for (const proof of spent) {
    expect(proof).toMatchObject({ requestId: request, personId: person, agentId: context.agentId, spentAt: null })
    expect(Date.parse(proof.expiresAt)).toBeGreaterThan(context.now)
    expect(['waiting', 'refused']).not.toContain(proof.approval)
    expect(proof.action).toBe(context.action === 'unlock' ? 'reset' : context.action)
    if (proof.approval === 'approved') expect(proof.approverId).toBe(approver)
    if (proof.attestation !== null && (proof.kind === 'attested' || policy.callBackNeedsApproval)) {
      expect(proof.approval).toBe('approved')
    }
  }
  expect(context.agentId).not.toBe(person)
  expect(context.action).not.toBe('registration')
  if (context.privileged) expect(context.request.channel).toBe('walk-in')

  const attested = spent.filter(({ kind }) => kind === 'attested')
  for (const { attestation } of attested) {
    if (attestation === 'in-person') expect(context.request.channel).toBe('walk-in')
    if (attestation === 'call-back') expect([context.privileged, context.heightened]).toEqual([false, false])
    if (attestation === 'second-person') expect([context.privileged, context.heightened]).toEqual([false, true])
  }
  const checks = spent.filter(({ kind }) => kind !== 'attested')
  const behind = checks.map((proof) => {
    const method = context.methods.find(({ id }) => id === proof.methodId)
    expect(method).toMatchObject({ kind: proof.kind, personId: person })
    expect(method?.confirmedAt).not.toBeNull()
    expect(Date.parse(method?.registeredAt ?? '')).toBeLessThanOrEqual(openedAt)
    if (proof.attestation !== null) expect([proof.kind, proof.attestation]).toEqual(['phone', 'call-back'])
    const isOld =
      method?.firstInPerson === true || Date.parse(proof.provenAt) - Date.parse(method?.registeredAt ?? '') >= 7 * day
    return isOld
  })
  const kinds = [...kindsIn(checks)]
  if (context.action === 'access-code') for (const kind of ['mail', 'knowledge']) expect(kinds).not.toContain(kind)
  if (kinds.includes('key')) expect(context.request.channel).toBe('walk-in')
  const switches = {
    app: policy.allowApp,
    key: policy.allowKey,
    mail: policy.allowMail,
    knowledge: policy.allowQuestions,
  }
  for (const [kind, allowed] of Object.entries(switches)) if (!allowed) expect(kinds).not.toContain(kind)

  const agreed = attested.map(({ attestation }) => attestation)
  if (context.privileged || context.heightened) {
    expect(kinds.filter((kind) => kind !== 'app' && kind !== 'key')).toEqual([])
    const isStrong = kinds.length === 2 && behind.includes(true)
    const isHere = agreed.includes('in-person')
    if (context.privileged) expect([isStrong, isHere]).toEqual([true, true])
    else expect(isHere || (isStrong && agreed.includes('second-person'))).toBe(true)
    return
  }
  const usable = context.methods.filter((method) => methodUsability(method, context).unusable === null)
  const isTooFew = new Set(usable.map(({ kind }) => kind)).size < context.policy.methodsRequired
  if (isTooFew) {
    expect(attested.length).toBeGreaterThan(0)
    return
  }
  expect(kindsIn(checks).size).toBeGreaterThanOrEqual(context.policy.methodsRequired)
  expect(behind).toContain(true)
}

describe.each([
  ['anybody', contexts],
  ['a privileged person', privileged],
  ['anybody under heightened threat', heightened],
])('gate for %s, whatever the proofs', (_who, arbitrary) => {
  it('is satisfied only by enough of what the rules ask for', () => {
    let satisfied = 0
    fc.assert(
      fc.property(arbitrary, (context) => {
        const answer = gate(context)
        if (!answer.satisfied) {
          expect([answer.spend, answer.satisfiedUntil]).toEqual([[], null])
          return
        }
        satisfied += 1
        expectEnough(
          context,
          context.proofs.filter(({ id }) => answer.spend.includes(id)),
        )
      }),
      runs,
    )
    // Says that the property is not about an empty set.
    expect(satisfied).toBeGreaterThan(20)
  })

  it('never lets a proof that does not count change anything', () => {
    const anyIndex = fc.nat()
    fc.assert(
      fc.property(arbitrary, fc.constantFrom(...defects), anyIndex, anyIndex, (context, defect, from, to) => {
        const model = context.proofs[from % Math.max(1, context.proofs.length)] ?? anAttestation()
        const proofs = context.proofs.toSpliced(to % (context.proofs.length + 1), 0, { ...model, id: 'bad', ...defect })
        expect(gate({ ...context, proofs })).toEqual(gate(context))
      }),
      runs,
    )
  })

  it('is not taken back by a further proof', () => {
    fc.assert(
      fc.property(arbitrary, arbitrary, (context, other) => {
        const more = other.proofs.map((proof) => ({ ...proof, id: `more ${proof.id}` }))
        const proofs = [...context.proofs, ...more]
        if (gate(context).satisfied) expect(gate({ ...context, proofs }).satisfied).toBe(true)
      }),
      runs,
    )
  })

  it('is never satisfied by time alone, and no longer than it said', () => {
    fc.assert(
      fc.property(arbitrary, fc.integer({ min: 0, max: 20 * minute }), (context, passed) => {
        const before = gate(context)
        const after = gate({ ...context, now: context.now + passed })
        if (!before.satisfied) expect(after.satisfied).toBe(false)
        if (!after.satisfied) return
        expect(context.now + passed).toBeLessThan(Date.parse(before.satisfiedUntil ?? ''))
      }),
      runs,
    )
  })

  it('allows one write: what was spent never satisfies again', () => {
    fc.assert(
      fc.property(arbitrary, (context) => {
        const { spend } = gate(context)
        const proofs = context.proofs.map((proof) =>
          spend.includes(proof.id) ? { ...proof, spentAt: iso(context.now) } : proof,
        )
        expect(gate({ ...context, proofs }).satisfied).toBe(false)
      }),
      runs,
    )
  })

  it('is asserted with one of its own refusals, exactly when it is not satisfied', () => {
    const codes = [
      'self-action',
      'privileged-by-phone',
      'privileged-needs-strong',
      'heightened-by-phone',
      'approval-needed',
      'proof-spent',
      'proof-expired',
      'caller-not-verified',
    ]
    fc.assert(
      fc.property(arbitrary, (context) => {
        const answer = gate(context)
        try {
          expect(assertGate(context)).toEqual(answer)
          expect(answer.satisfied).toBe(true)
        } catch (error) {
          if (!(error instanceof AppError)) throw error
          expect(answer.satisfied).toBe(false)
          expect(codes).toContain(error.code)
          if (answer.blocked !== null) expect(codes.slice(0, 4)).toContain(error.code)
        }
      }),
      runs,
    )
  })

  it('is never satisfied by taking a proof away, nor by their order', () => {
    fc.assert(
      fc.property(arbitrary, fc.nat(), (context, index) => {
        const before = gate(context)
        const fewer = context.proofs.toSpliced(index % Math.max(1, context.proofs.length), 1)
        if (!before.satisfied) expect(gate({ ...context, proofs: fewer }).satisfied).toBe(false)
        const turned = gate({ ...context, proofs: context.proofs.toReversed() })
        expect({ ...turned, spend: turned.spend.toSorted() }).toEqual({ ...before, spend: before.spend.toSorted() })
      }),
      runs,
    )
  })

  it('is never satisfied by proofs of two agents, requests, people or actions that are each not enough', () => {
    const others: readonly Partial<ProofFacts>[] = [
      { agentId: otherAgent },
      { requestId: 'request-2' },
      { personId: otherPerson },
      { action: 'access-code' },
    ]
    fc.assert(
      fc.property(
        arbitrary,
        fc.constantFrom(...others),
        fc.array(fc.boolean(), { minLength: 12 }),
        (context, other, of) => {
          const usual = { ...context, action: 'reset' as const }
          const proofs = usual.proofs.map((proof, index) => (of[index] === true ? { ...proof, ...other } : proof))
          const own = proofs.filter((_proof, index) => of[index] !== true)
          expect(gate({ ...usual, proofs }).satisfied).toBe(gate({ ...usual, proofs: own }).satisfied)
        },
      ),
      runs,
    )
  })

  it('asks no second check of a kind that has passed, and for none that a policy or a threat took away', () => {
    fc.assert(
      fc.property(arbitrary, (context) => {
        for (const method of context.methods) {
          const { unusable } = checkUsability(method, context)
          const passed = gate(context).spend.some((id) =>
            context.proofs.some((proof) => proof.id === id && proof.kind === method.kind),
          )
          if (passed) expect(unusable).not.toBeNull()
          if (unusable !== null) continue
          expect(method.confirmedAt).not.toBeNull()
          if (context.heightened || context.privileged) expect(['app', 'key']).toContain(method.kind)
          if (method.kind === 'key') expect([context.keyReader, context.request.channel]).toEqual([true, 'walk-in'])
        }
      }),
      runs,
    )
  })
})
