import { computed, type ComputedRef } from 'vue'
import type { ProofKind, RegisteredMethod, VerificationStatus } from '../../../../shared/model/verification'
import { useNow } from '../../lib/use-now'

/** What an agent can do here: methods whose code the caller reads out. The app comes first: nothing has to be sent. */
const codeKinds: readonly ProofKind[] = ['app', 'phone']

interface CallerCheck {
  /** Too many failures closed the checks. */
  readonly closed: ComputedRef<boolean>
  /** Kinds that have passed and are still fresh. */
  readonly validKinds: ComputedRef<ReadonlySet<ProofKind>>
  readonly satisfied: ComputedRef<boolean>
  /** Too few methods: nothing but an approved confirmation of the identity counts (DESIGN.md §5.4). */
  readonly attestedOnly: ComputedRef<boolean>
  /** Methods that a code can be asked of now, in the order in which to offer them. */
  readonly checkable: ComputedRef<readonly RegisteredMethod[]>
}

/** What the gate's answer means for the screens, counted down by main's clock. Main decides again at every call. */
export function useCallerCheck(status: () => VerificationStatus | null): CallerCheck {
  const now = useNow()

  const closed = computed(() => (status()?.closedUntil ?? null) !== null)
  const validKinds = computed(
    () =>
      new Set(
        status()
          ?.proofs.filter((proof) => proof.state === 'valid' && Date.parse(proof.expiresAt) > now.value)
          .map((proof) => proof.kind),
      ),
  )
  const satisfied = computed(() => {
    const current = status()
    if (current?.satisfied !== true) return false
    return current.satisfiedUntil === null || Date.parse(current.satisfiedUntil) > now.value
  })
  const attestedOnly = computed(() => status()?.approvalRequired === true && status()?.privileged === false)
  const checkable = computed(() => {
    const current = status()
    if (current === null || attestedOnly.value || closed.value || current.blocked !== null) return []
    return codeKinds.flatMap((kind) =>
      validKinds.value.has(kind)
        ? []
        : current.methods.filter((method) => method.kind === kind && method.unusable === null),
    )
  })

  return { closed, validKinds, satisfied, attestedOnly, checkable }
}
