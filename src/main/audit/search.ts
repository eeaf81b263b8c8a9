import { auditRow, type AuditRow } from '../../shared/model/audit'
import type { AuditPage, AuditQuery } from './audit'
import type { AuditDatabase } from './database'
import { foldText } from './facts'
import { readRow, rowColumns } from './row'

/** Rows that one step looks through: some milliseconds, so that searching a million rows does not stop the desk. */
const rowsAtOnce = 20_000

interface Condition {
  readonly sql: string
  readonly values: readonly (string | number)[]
}

/** Reads pages of the chain, newest first, and counts what a filter finds. */
export class AuditSearch {
  readonly #db: AuditDatabase
  readonly #pause: () => Promise<void>
  /** The last filter's count, so that the next page of the same search does not count again. Only an erasure changes rows. */
  #counted: { readonly key: string; readonly until: number; readonly total: number } | null = null

  constructor(db: AuditDatabase, pause: () => Promise<void>) {
    this.#db = db
    this.#pause = pause
  }

  /** After an erasure. */
  forget(): void {
    this.#counted = null
  }

  /** All rows about one person, oldest first. */
  async about(targetId: string, size: number): Promise<AuditRow[]> {
    const rows = await this.#newest({ sql: 'target_id = ?', values: [targetId] }, size, size)
    return rows.reverse()
  }

  /** `size`: rows in the chain. */
  async page(query: AuditQuery, size: number): Promise<AuditPage> {
    const condition = conditionOf(query.filter)
    const before = query.cursor !== null && /^\d{1,15}$/u.test(query.cursor) ? Number(query.cursor) : size + 1
    const found = await this.#newest(condition, before - 1, query.limit + 1)
    const rows = found.slice(0, query.limit)
    const last = rows.at(-1)
    return {
      rows,
      nextCursor: found.length > query.limit && last !== undefined ? String(last.seq) : null,
      total: await this.#count(condition, size),
    }
  }

  async #newest(condition: Condition, newest: number, limit: number): Promise<AuditRow[]> {
    const select = this.#db
      .prepare<unknown[], unknown[]>(
        `SELECT ${rowColumns} FROM rows WHERE seq BETWEEN ? AND ? AND ${condition.sql} ORDER BY seq DESC LIMIT ?`,
      )
      .raw(true)
    const rows: AuditRow[] = []
    for (let until = newest; until >= 1 && rows.length < limit; until -= rowsAtOnce) {
      const from = Math.max(1, until - rowsAtOnce + 1)
      rows.push(...select.all(from, until, ...condition.values, limit - rows.length).flatMap(presented))
      if (from > 1 && rows.length < limit) await this.#pause()
    }
    return rows
  }

  async #count(condition: Condition, size: number): Promise<number> {
    if (condition.values.length === 0) return size
    const key = JSON.stringify(condition)
    const known = this.#counted?.key === key && this.#counted.until <= size ? this.#counted : null
    const count = this.#db
      .prepare<unknown[], number>(`SELECT count(*) FROM rows WHERE seq BETWEEN ? AND ? AND ${condition.sql}`)
      .pluck(true)
    let total = known?.total ?? 0
    for (let from = (known?.until ?? 0) + 1; from <= size; from += rowsAtOnce) {
      const until = Math.min(size, from + rowsAtOnce - 1)
      total += count.get(from, until, ...condition.values) ?? 0
      if (until < size) await this.#pause()
    }
    this.#counted = { key, until: size, total }
    return total
  }
}

function conditionOf(filter: AuditQuery['filter']): Condition {
  const parts: Condition[] = []
  const words = foldText(filter.text ?? '').split(/\s+/u)
  for (const word of words.filter((each) => each !== '')) {
    parts.push({ sql: 'instr(search, ?) > 0 OR instr(target_search, ?) > 0', values: [word, word] })
  }

  const actions = filter.actions ?? []
  if (actions.length > 0) parts.push({ sql: `action IN (${actions.map(() => '?').join(', ')})`, values: actions })

  const outcome = filter.outcome ?? 'any'
  if (outcome === 'failed') {
    const neither = `phase = ? AND outcome NOT IN ('succeeded', 'indeterminate')`
    parts.push({ sql: neither, values: ['result'] })
  } else if (outcome !== 'any') parts.push({ sql: 'outcome = ?', values: [outcome] })

  const [from, until] = times(filter)
  if (from !== null) parts.push({ sql: 'at >= ?', values: [from] })
  if (until !== null) parts.push({ sql: 'at <= ?', values: [until] })
  if (parts.length === 0) return { sql: 'TRUE', values: [] }
  return { sql: parts.map((part) => `(${part.sql})`).join(' AND '), values: parts.flatMap((part) => part.values) }
}

/** As rows write them: with milliseconds, so that they compare as text. */
function times(filter: AuditQuery['filter']): [string | null, string | null] {
  const written = (at: string | null | undefined): string | null =>
    at === null || at === undefined ? null : new Date(at).toISOString()
  return [written(filter.from), written(filter.until)]
}

/** A row that was tampered with may not be presentable; `verify` names it, the list goes on without it. */
function presented(raw: unknown[]): AuditRow[] {
  const row = readRow(raw)
  if (row === null) return []
  const parsed = auditRow.safeParse({
    ...row,
    details: { ...detailsOf(row.details), ...detailsOf(row.targetDetails) },
    erased: row.targetId !== '' && row.targetName === '',
    hash: row.hash.toString('hex'),
  })
  return parsed.success ? [parsed.data] : []
}

function detailsOf(text: string): object {
  if (text === '') return {}
  try {
    const details: unknown = JSON.parse(text)
    return typeof details === 'object' && details !== null ? details : { unreadable: true }
  } catch {
    return { unreadable: true }
  }
}
