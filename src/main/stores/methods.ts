import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { AppError } from '../../shared/errors'
import type { SecretVault } from '../vault'
import { assertRow, rowMac, type RowParts } from './rows'
import type { MethodStore, StoredMethod } from './stores'
import type { MethodTable, Tables } from './tables'

/** How many recent drifts are kept: enough to see a clock that goes wrong. */
const keptDrifts = 5

const drifts = z.array(z.int())

type UnsignedMethod = Omit<MethodTable, 'mac'>

/** Registered methods in SQL. The secret is sealed before it comes here and is under the row's MAC as well. */
export class MethodRows implements MethodStore {
  readonly #database: Kysely<Tables>
  readonly #vault: SecretVault

  constructor(database: Kysely<Tables>, vault: SecretVault) {
    this.#database = database
    this.#vault = vault
  }

  async ofPerson(personId: string): Promise<StoredMethod[]> {
    const rows = await this.#database
      .selectFrom('methods')
      .selectAll()
      .where('person_id', '=', personId)
      .orderBy('registered_at')
      .orderBy('id')
      .execute()
    for (const row of rows) this.#assert(row)
    return rows.map(methodOf)
  }

  async get(id: string): Promise<StoredMethod> {
    return methodOf(await this.#row(this.#database, id))
  }

  async add(method: StoredMethod): Promise<void> {
    const row = this.#signed({
      id: method.id,
      person_id: method.personId,
      kind: method.kind,
      label: method.label,
      registered_at: method.registeredAt,
      last_used_at: method.lastUsedAt,
      first_in_person: method.firstInPerson ? 1 : 0,
      secret: Buffer.from(method.secret),
      last_step: method.lastStep,
      recent_drift: JSON.stringify(method.recentDrift.slice(-keptDrifts)),
    })
    await this.#database.transaction().execute((trx) => trx.insertInto('methods').values(row).execute())
  }

  remove(id: string): Promise<boolean> {
    return this.#database.transaction().execute(async (trx) => {
      const { numDeletedRows } = await trx.deleteFrom('methods').where('id', '=', id).executeTakeFirst()
      return numDeletedRows === 1n
    })
  }

  acceptStep(id: string, step: number, drift: number, at: string): Promise<boolean> {
    return this.#database.transaction().execute(async (trx) => {
      const before = await this.#row(trx, id)
      if (before.last_step !== null && step <= before.last_step) return false

      return this.#change(trx, before, {
        last_step: step,
        last_used_at: at,
        recent_drift: JSON.stringify([...driftsOf(before), drift].slice(-keptDrifts)),
      })
    })
  }

  async used(id: string, at: string): Promise<void> {
    await this.#database.transaction().execute(async (trx) => {
      const before = await trx.selectFrom('methods').selectAll().where('id', '=', id).executeTakeFirst()
      if (before === undefined) return
      this.#assert(before)
      await this.#change(trx, before, { last_used_at: at })
    })
  }

  /** Compare-and-set on the row's MAC; `false`: somebody was first. */
  async #change(trx: Kysely<Tables>, before: MethodTable, changes: Partial<UnsignedMethod>): Promise<boolean> {
    const { numUpdatedRows } = await trx
      .updateTable('methods')
      .set(this.#signed({ ...before, ...changes }))
      .where('id', '=', before.id)
      .where('mac', '=', before.mac)
      .executeTakeFirst()
    return numUpdatedRows === 1n
  }

  async #row(database: Kysely<Tables>, id: string): Promise<MethodTable> {
    const row = await database.selectFrom('methods').selectAll().where('id', '=', id).executeTakeFirst()
    if (row === undefined) throw new AppError('method-not-found')
    this.#assert(row)
    return row
  }

  #signed(row: UnsignedMethod): MethodTable {
    return { ...row, mac: rowMac(this.#vault, 'methods', partsOf(row)) }
  }

  #assert(row: MethodTable): void {
    assertRow(this.#vault, 'methods', row.id, row.mac, partsOf(row))
  }
}

function partsOf(row: UnsignedMethod): RowParts {
  return [
    row.id,
    row.person_id,
    row.kind,
    row.label,
    row.registered_at,
    row.last_used_at,
    row.first_in_person,
    createHash('sha256').update(row.secret).digest('hex'),
    row.last_step,
    row.recent_drift,
  ]
}

function driftsOf(row: UnsignedMethod): number[] {
  return drifts.parse(JSON.parse(row.recent_drift))
}

function methodOf(row: MethodTable): StoredMethod {
  return {
    id: row.id,
    personId: row.person_id,
    kind: row.kind,
    label: row.label,
    registeredAt: row.registered_at,
    lastUsedAt: row.last_used_at,
    firstInPerson: row.first_in_person === 1,
    secret: Uint8Array.from(row.secret),
    lastStep: row.last_step,
    recentDrift: driftsOf(row),
  }
}
