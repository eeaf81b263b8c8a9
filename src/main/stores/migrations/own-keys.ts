import type { Kysely } from 'kysely'
import { AppError } from '../../../shared/errors'
import type { SecretVault } from '../../vault'
import type { MethodTable, Tables } from '../tables'

/**
 * A method's secret under the key of its person. Until now the vault itself sealed it, and a telephone number was bare text. One
 * that does not open was altered: it is left as it is, and never opens again.
 */
export async function underOwnKey(
  database: Kysely<Tables>,
  vault: SecretVault,
  row: Pick<MethodTable, 'id' | 'person_id' | 'kind' | 'secret'>,
): Promise<Buffer> {
  const name = `${vault.installationId}|${row.person_id}|${row.id}|1`
  const plain = opened(vault, `method-seed|${name}`, row.secret)
  if (plain === null) return Buffer.from(row.secret)

  const key = vault.personKey(row.person_id, await wrappedKey(database, vault, row.person_id))
  const written = row.kind === 'phone' ? numberSecret(plain) : plain
  const sealed = key.seal(`method-secret|${name}`, written)
  plain.fill(0)
  written.fill(0)
  return Buffer.from(sealed)
}

function opened(vault: SecretVault, context: string, sealed: Uint8Array): Uint8Array | null {
  try {
    return vault.open(context, sealed)
  } catch (error) {
    if (error instanceof AppError && error.code === 'store-tampered') return null
    throw error
  }
}

function numberSecret(plain: Uint8Array): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ to: new TextDecoder().decode(plain), extension: '' }))
}

async function wrappedKey(database: Kysely<Tables>, vault: SecretVault, personId: string): Promise<Uint8Array> {
  const kept = await database
    .selectFrom('person_keys')
    .select('wrapped')
    .where('person_id', '=', personId)
    .executeTakeFirst()
  if (kept !== undefined) return kept.wrapped

  const wrapped = Buffer.from(vault.newPersonKey(personId))
  await database.insertInto('person_keys').values({ person_id: personId, wrapped }).execute()
  return wrapped
}
