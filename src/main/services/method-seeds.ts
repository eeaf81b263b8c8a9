import type { PersonId } from '../../shared/model/common'
import type { SecretVault } from '../vault'

const version = 1

/** Seals a method's secret for this installation, person and method: moved to another row it does not open. */
export function sealSeed(vault: SecretVault, personId: PersonId, methodId: string, seed: Uint8Array): Uint8Array {
  return vault.seal(contextOf(vault, personId, methodId), seed)
}

/** Lends the opened secret to `use` and wipes it afterwards. Throws `store-tampered`. */
export async function withSeed<T>(
  vault: SecretVault,
  method: { readonly id: string; readonly personId: PersonId; readonly secret: Uint8Array },
  use: (seed: Uint8Array) => Promise<T>,
): Promise<T> {
  const seed = vault.open(contextOf(vault, method.personId, method.id), method.secret)
  try {
    return await use(seed)
  } finally {
    seed.fill(0)
  }
}

function contextOf(vault: SecretVault, personId: PersonId, methodId: string): string {
  return `method-seed|${vault.installationId}|${personId}|${methodId}|${version}`
}
