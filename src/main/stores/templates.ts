import type { Kysely } from 'kysely'
import { z } from 'zod'
import { intakeTemplate, type IntakeTemplate } from '../../shared/model/intake'
import type { SecretVault } from '../vault'
import { assertRow, rowMac } from './rows'
import type { TemplateStore } from './stores'
import type { Tables } from './tables'

const onlyRow = 1

const storedList = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(z.array(intakeTemplate))

/** The templates of the intake in one row under a MAC: they decide whom a mail names. */
export class TemplateRow implements TemplateStore {
  readonly #database: Kysely<Tables>
  readonly #vault: SecretVault

  constructor(database: Kysely<Tables>, vault: SecretVault) {
    this.#database = database
    this.#vault = vault
  }

  async all(): Promise<IntakeTemplate[] | null> {
    const row = await this.#database
      .selectFrom('templates')
      .select(['list', 'mac'])
      .where('id', '=', onlyRow)
      .executeTakeFirst()
    if (row === undefined) return null
    assertRow(this.#vault, 'templates', `${onlyRow}`, row.mac, [row.list])
    return storedList.parse(row.list)
  }

  async save(templates: readonly IntakeTemplate[]): Promise<void> {
    const list = JSON.stringify(templates)
    const content = { list, mac: rowMac(this.#vault, 'templates', [list]) }
    await this.#database.transaction().execute((trx) =>
      trx
        .insertInto('templates')
        .values({ id: onlyRow, ...content })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(content))
        .execute(),
    )
  }
}
