import type { PersonId } from '../../shared/model/common'
import type { Clock } from '../clock'
import type { Policy } from '../domain/policy'
import type { StoredProof, Stores } from '../stores/stores'

/**
 * An approver's word on a waiting proof, compare-and-set: of two who speak at once, one is heard. A call-back that they agree to has shown
 * that the number is the person's. `false`: it was decided before, has expired, or ended.
 */
export async function decideProof(
  {
    stores,
    clock,
    policy,
  }: {
    readonly stores: Pick<Stores, 'proofs' | 'methods'>
    readonly clock: Clock
    readonly policy: Pick<Policy, 'proofSeconds'>
  },
  {
    proof,
    approve,
    approver,
  }: {
    readonly proof: StoredProof
    readonly approve: boolean
    readonly approver: { readonly id: PersonId; readonly name: string }
  },
): Promise<boolean> {
  const decided = await stores.proofs.decide(proof.id, {
    approval: approve ? 'approved' : 'refused',
    approverId: approver.id,
    approverName: approver.name,
    now: clock.iso(),
    expiresAt: new Date(clock.now() + policy.proofSeconds * 1000).toISOString(),
  })
  if (decided && approve && proof.methodId !== null) {
    // A number of the directory is no row of ours: then nothing is found, and nothing need be.
    await stores.methods.used(proof.methodId, clock.iso())
    await stores.methods.confirm(proof.methodId, clock.iso())
  }
  return decided
}
