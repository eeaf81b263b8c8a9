import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { AppError } from '../../shared/errors'
import type { SecretVault } from '../vault'
import { assertRow, inChunks, rowMac, type RowParts } from './rows'
import type { MethodStore, StoredMethod } from './stores'
import type { MethodTable, Tables } from './tables'

/** How many recent drifts are kept: enough to see a clock that goes wrong. */
const keptDrifts = 5

/** Rows of an import in one statement, people in one question: databases take only so many values at once. */
const insertedAtOnce = 50
const askedAtOnce = 200

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

  add(method: StoredMethod): Promise<void> {
    return this.addMany([method])
  }

  async addMany(methods: readonly StoredMethod[]): Promise<void> {
    // Of several that want to be offered first, the last one is.
    const defaults = new Map(methods.filter(({ isDefault }) => isDefault).map(({ personId, id }) => [personId, id]))
    const rows = methods.map((method) => {
      const isDefault = method.isDefault && defaults.get(method.personId) === method.id
      return this.#signed(rowOf({ ...method, isDefault }))
    })
    await this.#database.transaction().execute(async (trx) => {
      for (const people of inChunks([...defaults.keys()], askedAtOnce)) await this.#takeMarks(trx, people)
      for (const some of inChunks(rows, insertedAtOnce))
        await trx
          .insertInto('methods')
          .values([...some])
          .execute()
    })
  }

  remove(id: string): Promise<boolean> {
    return this.#database.transaction().execute(async (trx) => {
      const { numDeletedRows } = await trx.deleteFrom('methods').where('id', '=', id).executeTakeFirst()
      return numDeletedRows === 1n
    })
  }

  async rename(id: string, label: string): Promise<boolean> {
    return this.#changeById(id, () => ({ label }))
  }

  setDefault(personId: string, id: string): Promise<boolean> {
    return this.#database.transaction().execute(async (trx) => {
      const chosen = await this.#find(trx, id)
      if (chosen === undefined || chosen.person_id !== personId) return false
      if (chosen.is_default === 1) return true
      await this.#takeMarks(trx, [personId])
      return this.#change(trx, chosen, { is_default: 1 })
    })
  }

  confirm(id: string, at: string, firstInPerson = false): Promise<boolean> {
    return this.#changeById(id, (before) =>
      before.confirmed_at === null
        ? { confirmed_at: at, registered_at: at, first_in_person: firstInPerson ? 1 : 0 }
        : { confirmed_at: at },
    )
  }

  replaceSecret(id: string, before: Uint8Array, after: Uint8Array, at: string): Promise<boolean> {
    return this.#changeById(id, (row) =>
      Buffer.compare(row.secret, before) === 0
        ? {
            secret: Buffer.from(after),
            registered_at: at,
            confirmed_at: at,
            // What was said of the old secret says nothing of this one.
            first_in_person: 0,
            last_step: null,
            recent_drift: '[]',
          }
        : null,
    )
  }

  acceptCounter(id: string, counter: number, at: string): Promise<boolean> {
    return this.#database.transaction().execute(async (trx) => {
      const before = await this.#row(trx, id)
      const last = before.last_step ?? 0
      if (counter <= last && (counter !== 0 || last !== 0)) return false
      return this.#change(trx, before, { last_step: counter, last_used_at: at })
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
    await this.#changeById(id, () => ({ last_used_at: at }))
  }

  /** The mark of being offered first, away from these people's methods. */
  async #takeMarks(trx: Kysely<Tables>, people: readonly string[]): Promise<void> {
    const marked = await trx
      .selectFrom('methods')
      .selectAll()
      .where('person_id', 'in', people)
      .where('is_default', '=', 1)
      .execute()
    for (const row of marked) {
      this.#assert(row)
      await this.#change(trx, row, { is_default: 0 })
    }
  }

  /** `false`: there is no such method, or `decide` changes nothing, or somebody was first. */
  #changeById(id: string, decide: (before: MethodTable) => Partial<UnsignedMethod> | null): Promise<boolean> {
    return this.#database.transaction().execute(async (trx) => {
      const before = await this.#find(trx, id)
      const changes = before === undefined ? null : decide(before)
      return before !== undefined && changes !== null && this.#change(trx, before, changes)
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
    const row = await this.#find(database, id)
    if (row === undefined) throw new AppError('method-not-found')
    return row
  }

  async #find(database: Kysely<Tables>, id: string): Promise<MethodTable | undefined> {
    const row = await database.selectFrom('methods').selectAll().where('id', '=', id).executeTakeFirst()
    if (row !== undefined) this.#assert(row)
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
    row.type,
    row.confirmed_at,
    row.is_default,
  ]
}

function rowOf(method: StoredMethod): UnsignedMethod {
  return {
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
    type: method.type,
    confirmed_at: method.confirmedAt,
    is_default: method.isDefault ? 1 : 0,
  }
}

function driftsOf(row: UnsignedMethod): number[] {
  return drifts.parse(JSON.parse(row.recent_drift))
}

function methodOf(row: MethodTable): StoredMethod {
  return {
    id: row.id,
    personId: row.person_id,
    type: row.type,
    kind: row.kind,
    label: row.label,
    registeredAt: row.registered_at,
    confirmedAt: row.confirmed_at,
    isDefault: row.is_default === 1,
    lastUsedAt: row.last_used_at,
    firstInPerson: row.first_in_person === 1,
    secret: Uint8Array.from(row.secret),
    lastStep: row.last_step,
    recentDrift: driftsOf(row),
  }
}
