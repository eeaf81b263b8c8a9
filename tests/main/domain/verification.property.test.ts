import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  assertGate,
  gate,
  methodUsability,
  type GateAction,
  type GateContext,
  type MethodFacts,
  type ProofFacts,
} from '../../../src/main/domain/verification'
import { AppError } from '../../../src/shared/errors'
import { proofKinds } from '../../../src/shared/model/verification'
import {
  aContext,
  agent,
  anAttestation,
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
} from './verification-facts'

const runs = { numRuns: 1000 }
const actions: readonly GateAction[] = ['reset', 'unlock', 'access-code', 'registration']
const methodKinds = ['app', 'phone', 'key', 'mail', 'knowledge'] as const

/** Mostly `usual`, so that satisfied gates are common enough to say something about. */
function mostly<T>(usual: T, ...unusual: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof({ arbitrary: fc.constant(usual), weight: 12 }, { arbitrary: fc.constantFrom(...unusual), weight: 1 })
}

const methods: fc.Arbitrary<MethodFacts[]> = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom('m1', 'm2', 'm3', 'm4', 'm5'),
    personId: mostly(person, otherPerson),
    kind: fc.constantFrom(...methodKinds),
    registeredAt: mostly(iso(now - 30 * day), iso(now - 7 * day + 2 * minute), iso(now - day), iso(openedAt + 1)),
    firstInPerson: mostly(false, true),
  }),
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
      ? fc.constantFrom('in-person' as const, 'in-person' as const, 'call-back' as const, null)
      : fc.constant(null),
    provenAt: fc.constantFrom(iso(now - 9 * minute), iso(now - minute), iso(now)),
    expiresAt: mostly(iso(now + minute), iso(now + 9 * minute), iso(now), iso(now - minute), 'never'),
    approval: isAttested ? mostly<ProofFacts['approval']>('approved', 'waiting', 'refused', null) : fc.constant(null),
    approverId: isAttested ? mostly<string | null>(approver, agent, person, null) : fc.constant(null),
    spentAt: mostly<string | null>(null, iso(now - 1)),
  })
}

const contexts: fc.Arbitrary<GateContext> = methods
  .chain((all) =>
    fc.record({
      action: fc.constantFrom(...actions),
      agentId: mostly(agent, person),
      privileged: mostly(false, true),
      channel: fc.constantFrom('phone' as const, 'walk-in' as const),
      methodsRequired: fc.constantFrom(1, 2, 2, 3),
      methods: fc.constant(all),
      sendsCodes: mostly(true, false),
      proofs: fc.array(fc.oneof(...[null, ...all, ...all].map(proofOf)), { maxLength: 8 }),
    }),
  )
  .map(({ proofs, ...rest }) =>
    aContext({ ...rest, proofs: proofs.map((proof, index) => ({ ...proof, id: `p${index}` })) }),
  )

/** Two strong kinds, walk-in, approved in person: a privileged person's gate is satisfied here, then one thing is changed. */
const privileged: fc.Arbitrary<GateContext> = contexts.map((context) => {
  const strong = ['app', 'key'] as const
  const added = strong.map((kind): MethodFacts => ({
    id: kind,
    personId: person,
    kind,
    registeredAt: iso(now - 30 * day),
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
]

function kindsIn(proofs: readonly ProofFacts[]): Set<string> {
  return new Set(proofs.map(({ kind }) => kind))
}

/** The rules of DESIGN.md §5.1–5.4 said once more of the proofs that would be spent. */
function expectEnough(context: GateContext, spent: readonly ProofFacts[]): void {
  for (const proof of spent) {
    expect(proof).toMatchObject({ requestId: request, personId: person, agentId: context.agentId, spentAt: null })
    expect(Date.parse(proof.expiresAt)).toBeGreaterThan(context.now)
    expect(['waiting', 'refused']).not.toContain(proof.approval)
  }
  expect(context.agentId).not.toBe(person)
  if (context.privileged) expect(context.request.channel).toBe('walk-in')

  const attested = spent.filter(({ kind }) => kind === 'attested')
  for (const proof of attested) {
    expect(proof).toMatchObject({ approval: 'approved', approverId: approver })
    if (proof.attestation === 'in-person') expect(context.request.channel).toBe('walk-in')
    expect(context.action).not.toBe('registration')
  }
  const checks = spent.filter(({ kind }) => kind !== 'attested')
  const behind = checks.map((proof) => {
    const method = context.methods.find(({ id }) => id === proof.methodId)
    expect(method).toMatchObject({ kind: proof.kind, personId: person })
    expect(Date.parse(method?.registeredAt ?? '')).toBeLessThanOrEqual(openedAt)
    const isOld =
      method?.firstInPerson === true || Date.parse(proof.provenAt) - Date.parse(method?.registeredAt ?? '') >= 7 * day
    return isOld
  })
  if (context.action === 'access-code' || context.action === 'registration') {
    expect([...kindsIn(checks)]).not.toContain('mail')
    expect([...kindsIn(checks)]).not.toContain('knowledge')
  }

  if (context.privileged) {
    expect([...kindsIn(checks)].sort()).toEqual(['app', 'key'])
    expect(attested.map(({ attestation }) => attestation)).toContain('in-person')
    expect(behind).toContain(true)
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
          if (answer.blocked !== null) expect(codes.slice(0, 3)).toContain(error.code)
        }
      }),
      runs,
    )
  })
})
