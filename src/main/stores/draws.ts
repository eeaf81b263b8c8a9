import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { SecretVault } from '../vault'
import { assertRow, rowMac, type RowParts } from './rows'
import type { DrawStore, QuestionDraw } from './stores'
import type { DrawTable, Tables } from './tables'

type UnsignedDraw = Omit<DrawTable, 'mac'>

const questionIds = z.array(z.string())

/** Drawn questions in SQL, under the row's MAC: nobody gets easier ones by changing a row. */
export class DrawRows implements DrawStore {
  readonly #database: Kysely<Tables>
  readonly #vault: SecretVault

  constructor(database: Kysely<Tables>, vault: SecretVault) {
    this.#database = database
    this.#vault = vault
  }

  async current(requestId: string, methodId: string, now: string): Promise<QuestionDraw | null> {
    const row = await this.#waiting(this.#database, requestId, methodId, now)
    return row === undefined ? null : drawOf(row)
  }

  async unanswered(methodId: string): Promise<QuestionDraw | null> {
    const row = await this.#database
      .selectFrom('draws')
      .selectAll()
      .where('method_id', '=', methodId)
      .orderBy('drawn_at', 'desc')
      .limit(1)
      .executeTakeFirst()
    if (row !== undefined) this.#assert(row)
    return row === undefined || row.taken_at !== null ? null : drawOf(row)
  }

  draw(draw: QuestionDraw): Promise<QuestionDraw> {
    return this.#database.transaction().execute(async (trx) => {
      const waiting = await this.#waiting(trx, draw.requestId, draw.methodId, draw.drawnAt)
      if (waiting !== undefined) return drawOf(waiting)
      await trx
        .insertInto('draws')
        .values(this.#signed(rowOf(draw)))
        .execute()
      return draw
    })
  }

  take(id: string, now: string): Promise<boolean> {
    return this.#database.transaction().execute(async (trx) => {
      const before = await trx.selectFrom('draws').selectAll().where('id', '=', id).executeTakeFirst()
      if (before === undefined) return false
      this.#assert(before)
      if (before.taken_at !== null || before.expires_at <= now) return false
      const { numUpdatedRows } = await trx
        .updateTable('draws')
        .set(this.#signed({ ...before, taken_at: now }))
        .where('id', '=', id)
        .where('mac', '=', before.mac)
        .executeTakeFirst()
      return numUpdatedRows === 1n
    })
  }

  async #waiting(
    database: Kysely<Tables>,
    requestId: string,
    methodId: string,
    now: string,
  ): Promise<DrawTable | undefined> {
    const row = await database
      .selectFrom('draws')
      .selectAll()
      .where('request_id', '=', requestId)
      .where('method_id', '=', methodId)
      .where('taken_at', 'is', null)
      .where('expires_at', '>', now)
      .orderBy('drawn_at', 'desc')
      .limit(1)
      .executeTakeFirst()
    if (row !== undefined) this.#assert(row)
    return row
  }

  #signed(row: UnsignedDraw): DrawTable {
    return { ...row, mac: rowMac(this.#vault, 'draws', partsOf(row)) }
  }

  #assert(row: DrawTable): void {
    assertRow(this.#vault, 'draws', row.id, row.mac, partsOf(row))
  }
}

function partsOf(row: UnsignedDraw): RowParts {
  return [row.id, row.request_id, row.method_id, row.question_ids, row.drawn_at, row.expires_at, row.taken_at]
}

function rowOf(draw: QuestionDraw): UnsignedDraw {
  return {
    id: draw.id,
    request_id: draw.requestId,
    method_id: draw.methodId,
    question_ids: JSON.stringify(draw.questionIds),
    drawn_at: draw.drawnAt,
    expires_at: draw.expiresAt,
    taken_at: null,
  }
}

function drawOf(row: UnsignedDraw): QuestionDraw {
  return {
    id: row.id,
    requestId: row.request_id,
    methodId: row.method_id,
    questionIds: questionIds.parse(JSON.parse(row.question_ids)),
    drawnAt: row.drawn_at,
    expiresAt: row.expires_at,
  }
}
