import { AppError } from '../../shared/errors'
import type { Connection } from './connection'
import { resultCodeOf } from './refusals'
import type { Attributes } from './values'

/**
 * The groups that the site protects, as the directory has them, each with `proof`, an attribute that every group has. Throws
 * `protected-group-unreadable {group}` when one cannot be read: who is in it is then unknown, and taking nobody for a member
 * would open its accounts to the ordinary rules (DESIGN.md §5.3).
 */
export async function protectedGroupsOf(
  connection: Pick<Connection, 'read'>,
  groups: readonly string[],
  proof: 'objectSid' | 'objectClass',
): Promise<Attributes[]> {
  return Promise.all(
    groups.map(async (group) => {
      const entry = await readOrNull(connection, group, proof)
      if (entry?.has(proof) !== true) throw new AppError('protected-group-unreadable', { group })
      return entry
    }),
  )
}

const insufficientAccessRights = 50

/** A refusal says as little about the members as no entry does. */
async function readOrNull(
  connection: Pick<Connection, 'read'>,
  group: string,
  attribute: string,
): Promise<Attributes | null> {
  try {
    return await connection.read(group, [attribute])
  } catch (error) {
    if (resultCodeOf(error) === insufficientAccessRights) return null
    throw error
  }
}
