import { computed, type ComputedRef } from 'vue'
import type {
  ProofKind,
  ProofSummary,
  RegisteredMethod,
  VerificationStatus,
} from '../../../../shared/model/verification'
import { useNow } from '../../lib/use-now'
import type { IdentityWay } from './identity-words'

/** After the person's own choice, in this order: what needs nothing to be sent first, weak ones last. */
const kindOrder: readonly ProofKind[] = ['key', 'app', 'phone', 'mail', 'knowledge']

interface CallerCheck {
  /** Too many failures closed the checks. */
  readonly closed: ComputedRef<boolean>
  /** Kinds that have passed and are still fresh. */
  readonly validKinds: ComputedRef<ReadonlySet<ProofKind>>
  readonly satisfied: ComputedRef<boolean>
  /** Too few methods: nothing but an approved confirmation of the identity counts (DESIGN.md §5.4). */
  readonly attestedOnly: ComputedRef<boolean>
  /** Methods that can be checked now, in the order in which to offer them. */
  readonly checkable: ComputedRef<readonly RegisteredMethod[]>
  /** A method of another kind than this one, to go on with; `null`: there is none. */
  readonly nextKind: (after: RegisteredMethod | null) => string | null
  /** What waits for an approver. */
  readonly waiting: ComputedRef<ProofSummary | null>
  /** Enough has passed, and what is missing is that a second person agrees. */
  readonly wantsAgreement: ComputedRef<boolean>
  /** Ways to confirm the identity of somebody with too few methods that are open now. */
  readonly identityWays: ComputedRef<readonly IdentityWay[]>
}

/** What the gate's answer means for the screens, counted down by main's clock. Main decides again at every call. */
export function useCallerCheck(status: () => VerificationStatus | null): CallerCheck {
  const now = useNow()

  const closed = computed(() => (status()?.closedUntil ?? null) !== null)
  const fresh = computed(() => (status()?.proofs ?? []).filter((proof) => Date.parse(proof.expiresAt) > now.value))
  const valid = computed(() => fresh.value.filter((proof) => proof.state === 'valid'))
  const validKinds = computed(
    () => new Set(valid.value.filter((proof) => proof.attestation !== 'second-person').map((proof) => proof.kind)),
  )
  const waiting = computed(() => fresh.value.find((proof) => proof.state === 'waiting') ?? null)
  const satisfied = computed(() => {
    const current = status()
    if (current?.satisfied !== true) return false
    return current.satisfiedUntil === null || Date.parse(current.satisfiedUntil) > now.value
  })
  const attestedOnly = computed(() => isAttestedOnly(status()))
  const open = computed(() => {
    const current = status()
    return current === null || closed.value || current.blocked !== null ? null : current
  })
  const checkable = computed(() => {
    if (open.value === null || attestedOnly.value) return []
    const usable = open.value.methods.filter((method) => isUsable(method, validKinds.value))
    const rank = (method: RegisteredMethod) => (method.isDefault ? -1 : kindOrder.indexOf(method.kind))
    return usable.sort((one, other) => rank(one) - rank(other))
  })
  const wantsAgreement = computed(() => {
    if (open.value?.attestations.includes('second-person') !== true || satisfied.value) return false
    if (fresh.value.some((proof) => proof.attestation === 'second-person' && proof.state !== 'refused')) return false
    const kinds = [...validKinds.value].filter((kind) => kind !== 'attested')
    const strong = kinds.filter((kind) => kind === 'app' || kind === 'key')
    return kinds.length >= open.value.required && strong.length >= open.value.requiredStrong
  })
  const identityWays = computed<readonly IdentityWay[]>(() => {
    if (open.value === null || validKinds.value.has('attested') || waiting.value !== null) return []
    return open.value.attestations.filter((kind) => kind !== 'second-person')
  })

  function nextKind(after: RegisteredMethod | null): string | null {
    return checkable.value.find(({ kind }) => kind !== after?.kind)?.id ?? null
  }

  return { closed, validKinds, satisfied, attestedOnly, checkable, nextKind, waiting, wantsAgreement, identityWays }
}

/** A check of the same kind bars a method only as long as it is fresh. */
function isUsable(method: RegisteredMethod, validKinds: ReadonlySet<ProofKind>): boolean {
  return (method.unusable === null || method.unusable === 'same-kind') && !validKinds.has(method.kind)
}

/** Too few methods: an approved confirmation of the identity stands in for all of them. */
export function isAttestedOnly(status: VerificationStatus | null): boolean {
  return status?.approvalRequired === true && !status.privileged && status.requiredStrong === 0
}
