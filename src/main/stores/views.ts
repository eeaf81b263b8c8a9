import type { Kysely } from 'kysely'
import { z } from 'zod'
import { AppError } from '../../shared/errors'
import { requestView, type RequestView } from '../../shared/model/request'
import type { ViewStore } from './stores'
import type { Tables } from './tables'

const mostViews = 50

const storedFilter = z
  .string()
  .transform((text): unknown => JSON.parse(text))
  .pipe(requestView.shape.filter)

/** Kept filters in SQL, in the order in which they were first saved. They decide nothing, so they carry no MAC. */
export class ViewRows implements ViewStore {
  readonly #database: Kysely<Tables>

  constructor(database: Kysely<Tables>) {
    this.#database = database
  }

  async of(ownerId: string): Promise<RequestView[]> {
    const rows = await this.#database
      .selectFrom('views')
      .select(['id', 'name', 'filter', 'sort'])
      .where('owner_id', '=', ownerId)
      .orderBy('seq')
      .execute()
    return rows.map(({ id, name, filter, sort }) => ({ id, name, filter: storedFilter.parse(filter), sort }))
  }

  async save(ownerId: string, view: RequestView): Promise<void> {
    await this.#database.transaction().execute(async (trx) => {
      const kept = await trx.selectFrom('views').select('id').where('owner_id', '=', ownerId).execute()
      if (kept.length >= mostViews && kept.every(({ id }) => id !== view.id)) {
        throw new AppError('invalid-input', { field: 'views', most: mostViews })
      }
      const content = { name: view.name, filter: JSON.stringify(view.filter), sort: view.sort }
      await trx
        .insertInto('views')
        .values({ owner_id: ownerId, id: view.id, ...content })
        .onConflict((conflict) => conflict.columns(['owner_id', 'id']).doUpdateSet(content))
        .execute()
    })
  }

  remove(ownerId: string, viewId: string): Promise<boolean> {
    return this.#database.transaction().execute(async (trx) => {
      const { numDeletedRows } = await trx
        .deleteFrom('views')
        .where('owner_id', '=', ownerId)
        .where('id', '=', viewId)
        .executeTakeFirst()
      return numDeletedRows === 1n
    })
  }
}
