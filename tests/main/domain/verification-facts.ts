import { defaultPolicy } from '../../../src/main/domain/policy'
import type { Policy } from '../../../src/main/domain/policy'
import type { AttestationContext, GateContext, ProofFacts } from '../../../src/main/domain/verification'
import type { MethodFacts } from '../../../src/main/domain/verification-methods'

const second = 1000
export const minute = 60 * second
export const day = 24 * 60 * minute

export const now = Date.parse('2026-11-23T09:00:00.000Z')
export const openedAt = now - 20 * minute

const id = (letter: string): string => `${letter.repeat(8)}-0000-4000-8000-000000000000@dc=sakura`
export const agent = id('a')
export const otherAgent = id('b')
export const approver = id('c')
export const person = id('d')
export const otherPerson = id('e')
export const request = 'request-1'

export function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

/** A method registered long ago; `id` is its kind unless given. */
export function aMethod(change: Partial<MethodFacts> & Pick<MethodFacts, 'kind'>): MethodFacts {
  const registeredAt = iso(now - 30 * day)
  const type = typeOf(change.kind)
  return {
    id: change.kind,
    personId: person,
    type,
    registeredAt,
    confirmedAt: registeredAt,
    firstInPerson: false,
    ...change,
  }
}

/** What is usually registered of this kind. */
export function typeOf(kind: MethodFacts['kind']): MethodFacts['type'] {
  switch (kind) {
    case 'phone':
      return 'mobile'
    case 'knowledge':
      return 'questions'
    case 'attested':
      return 'app'
    case 'app':
    case 'key':
    case 'mail':
      return kind
  }
}

/** A check that passed a minute ago with the method of that kind. */
export function aProof(change: Partial<ProofFacts> & Pick<ProofFacts, 'kind'>): ProofFacts {
  return {
    id: `proof-${change.methodId ?? change.kind}`,
    requestId: request,
    personId: person,
    agentId: agent,
    methodId: change.kind,
    attestation: null,
    action: 'reset',
    provenAt: iso(now - minute),
    expiresAt: iso(now + 9 * minute),
    approval: null,
    approverId: null,
    spentAt: null,
    ...change,
  }
}

export function anAttestation(change: Partial<ProofFacts> = {}): ProofFacts {
  return aProof({
    kind: 'attested',
    methodId: null,
    attestation: 'in-person',
    approval: 'approved',
    approverId: approver,
    ...change,
  })
}

/** A walk-in of an ordinary person with app and phone, policy of two, no proofs yet. */
export function aContext(
  change: Partial<Omit<GateContext, 'request' | 'policy'>> & {
    readonly channel?: 'phone' | 'walk-in' | 'mail'
    readonly methodsRequired?: number
    readonly policy?: Partial<Policy>
    readonly numbers?: AttestationContext['numbers']
  } = {},
): GateContext & AttestationContext {
  const { channel = 'walk-in', methodsRequired = 2, numbers = [], policy = {}, ...rest } = change
  return {
    action: 'reset',
    now,
    policy: { ...defaultPolicy, methodsRequired, ...policy },
    request: { id: request, personId: person, channel, createdAt: iso(openedAt) },
    privileged: false,
    heightened: false,
    agentId: agent,
    methods: [aMethod({ kind: 'app' }), aMethod({ kind: 'phone' })],
    channels: ['sms', 'voice', 'mail'],
    keyReader: true,
    proofs: [],
    numbers,
    ...rest,
  }
}
