import type { Kysely } from 'kysely'
import { AppError } from '../../shared/errors'
import type { Threat } from '../../shared/model/threat'
import type { SecretVault } from '../vault'
import { assertRow, rowMac, type RowParts } from './rows'
import type { ThreatStore } from './stores'
import type { Tables, ThreatTable } from './tables'

const onlyRow = 1

type UnsignedThreat = Omit<ThreatTable, 'mac'>

/** Heightened threat in SQL: one row that is there from the beginning, so that taking it away is no way to end it. */
export class ThreatRow implements ThreatStore {
  readonly #database: Kysely<Tables>
  readonly #vault: SecretVault

  constructor(database: Kysely<Tables>, vault: SecretVault) {
    this.#database = database
    this.#vault = vault
  }

  async get(): Promise<Threat> {
    return threatOf(await this.#row(this.#database))
  }

  set(before: Threat, after: Threat): Promise<boolean> {
    return this.#database.transaction().execute(async (trx) => {
      const row = await this.#row(trx)
      if (row.changed_at !== before.changedAt) return false
      const changed = {
        id: onlyRow,
        heightened: after.heightened ? 1 : 0,
        reason: after.reason,
        changed_at: after.changedAt,
        changed_by: after.changedBy,
      }
      const { numUpdatedRows } = await trx
        .updateTable('threat')
        .set({ ...changed, mac: rowMac(this.#vault, 'threat', partsOf(changed)) })
        .where('id', '=', onlyRow)
        .where('mac', '=', row.mac)
        .executeTakeFirst()
      return numUpdatedRows === 1n
    })
  }

  async #row(database: Kysely<Tables>): Promise<ThreatTable> {
    const row = await database.selectFrom('threat').selectAll().where('id', '=', onlyRow).executeTakeFirst()
    if (row === undefined) throw new AppError('store-tampered', { table: 'threat', row: `${onlyRow}` })
    assertRow(this.#vault, 'threat', `${onlyRow}`, row.mac, partsOf(row))
    return row
  }
}

function partsOf(row: UnsignedThreat): RowParts {
  return [row.id, row.heightened, row.reason, row.changed_at, row.changed_by]
}

function threatOf(row: UnsignedThreat): Threat {
  return { heightened: row.heightened === 1, reason: row.reason, changedAt: row.changed_at, changedBy: row.changed_by }
}
