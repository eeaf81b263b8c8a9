import type { Kysely } from 'kysely'
import { z } from 'zod'
import { customQuestion, type CustomQuestion } from '../../shared/model/questions'
import type { SecretVault } from '../vault'
import { assertRow, rowMac } from './rows'
import type { QuestionStore } from './stores'
import type { Tables } from './tables'

const onlyRow = 1

const storedList = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(z.array(customQuestion))

/** The admins' own questions in one row under a MAC: a question that reads otherwise has another answer. */
export class QuestionRow implements QuestionStore {
  readonly #database: Kysely<Tables>
  readonly #vault: SecretVault

  constructor(database: Kysely<Tables>, vault: SecretVault) {
    this.#database = database
    this.#vault = vault
  }

  async all(): Promise<CustomQuestion[] | null> {
    const row = await this.#database
      .selectFrom('questions')
      .select(['list', 'mac'])
      .where('id', '=', onlyRow)
      .executeTakeFirst()
    if (row === undefined) return null
    assertRow(this.#vault, 'questions', `${onlyRow}`, row.mac, [row.list])
    return storedList.parse(row.list)
  }

  async save(questions: readonly CustomQuestion[]): Promise<void> {
    const list = JSON.stringify(questions)
    const content = { list, mac: rowMac(this.#vault, 'questions', [list]) }
    await this.#database.transaction().execute((trx) =>
      trx
        .insertInto('questions')
        .values({ id: onlyRow, ...content })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(content))
        .execute(),
    )
  }
}
