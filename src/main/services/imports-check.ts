import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppError } from '../../shared/errors'
import type { PersonId } from '../../shared/model/common'
import type { ImportProgress } from '../../shared/model/imports'
import { isFault, readHeader, readRow } from '../domain/imports'
import type { ColumnPlaces, ImportRow, RowFault } from '../domain/imports'
import type { Policy } from '../domain/policy'
import { methodsOfAType } from '../domain/registration'
import type { ReadImportFile } from '../gateways/import-file'
import type { NumberReader } from '../gateways/sms'
import type { MethodStore, Stores } from '../stores/stores'
import type { Destinations } from './codes-destinations'
import type { Acting } from './session'

export interface ImportCheckParts {
  readonly readImportFile: ReadImportFile
  readonly readNumber: NumberReader
  readonly destinations: Pick<Destinations, 'reach'>
  readonly stores: { readonly methods: Pick<MethodStore, 'ofPerson'> } & Pick<Stores, 'erasures'>
  readonly policy: Policy
}

/** A row whose person the directory knows. */
export interface PersonRow extends ImportRow {
  readonly personId: PersonId
}

/** What a file would do: the rows to be written, one person's beside each other, and all the others. */
export interface CheckedImport {
  readonly rows: readonly PersonRow[]
  readonly bad: readonly RowFault[]
  readonly badRows: number
}

type Tell = (progress: ImportProgress) => void

const rowLimit = 50_000
/** Rows after which others run. */
const atOnce = 250
/** User IDs in one call of the directory; progress is told between them. */
const askedAtOnce = 500
const ever = new Date(0).toISOString()

/** What the person has, or will have by earlier rows. */
interface Holdings {
  readonly places: Set<string>
  readonly types: Map<string, number>
}

/** The dry run of an import: every row by itself, then whose it is, then what that person has already. */
export class ImportCheck {
  readonly #parts: ImportCheckParts

  constructor(parts: ImportCheckParts) {
    this.#parts = parts
  }

  async check(acting: Acting, file: string, signal: AbortSignal, tell: Tell): Promise<CheckedImport> {
    const faults: RowFault[] = []
    const read = await this.#read(file, faults, signal, tell)
    const found = await this.#people(acting, read, faults, signal, tell)
    const rows = await this.#againstStore(found, faults, signal, tell)
    faults.sort((one, other) => one.line - other.line)
    return { rows, bad: faults, badRows: faults.length }
  }

  async #read(file: string, faults: RowFault[], signal: AbortSignal, tell: Tell): Promise<ImportRow[]> {
    const { readImportFile } = this.#parts
    const rows: ImportRow[] = []
    let places: ColumnPlaces | null = null
    let count = 0
    for await (const row of readImportFile(file)) {
      if (places === null) {
        const header = readHeader(row.cells)
        if ('missing' in header) {
          faults.push({ line: row.line, userId: '', column: header.missing, problem: 'columns-missing' })
          return []
        }
        places = header
        continue
      }
      count += 1
      if (count > rowLimit) throw new AppError('import-file-invalid', { reason: 'too-many-rows', limit: rowLimit })
      const answer = readRow(row, places, this.#parts)
      if (isFault(answer)) faults.push(answer)
      else rows.push(answer)
      if (count % atOnce === 0) await this.#pause(signal, () => tell({ step: 'reading', done: count, total: null }))
    }
    if (places === null) throw new AppError('import-file-invalid', { reason: 'empty' })
    return rows
  }

  async #people(
    acting: Acting,
    read: readonly ImportRow[],
    faults: RowFault[],
    signal: AbortSignal,
    tell: Tell,
  ): Promise<PersonRow[]> {
    const userIds = [...new Set(read.map(({ userId }) => userId))]
    const known = new Map<string, readonly { readonly id: PersonId }[]>()
    for (let from = 0; from < userIds.length; from += askedAtOnce) {
      const some = await acting.directory.findByUserIds(userIds.slice(from, from + askedAtOnce))
      for (const [userId, people] of some) known.set(userId, people)
      await this.#pause(signal, () => tell({ step: 'checking', done: from, total: userIds.length }))
    }
    const erased = new Set((await this.#parts.stores.erasures.since(ever)).map(({ personId }) => personId))
    return read.flatMap((row) => {
      const { line, userId } = row
      const refused = (problem: RowFault['problem']): [] => {
        faults.push({ line, userId, column: 'userId', problem })
        return []
      }
      const [person, ...others] = known.get(userId) ?? []
      if (person === undefined) return refused('user-unknown')
      if (others.length > 0) return refused('user-ambiguous')
      // Nobody acts on themselves, by a file neither (DESIGN.md §5.3).
      if (person.id === acting.operator.id) return refused('own-account')
      return erased.has(person.id) ? refused('erased') : [{ ...row, personId: person.id }]
    })
  }

  async #againstStore(
    found: readonly PersonRow[],
    faults: RowFault[],
    signal: AbortSignal,
    tell: Tell,
  ): Promise<PersonRow[]> {
    const people = Map.groupBy(found, ({ personId }) => personId)
    const rows: PersonRow[] = []
    let done = 0
    for (const [personId, own] of people) {
      const registered = await this.#holdings(personId)
      const before = new Set(registered.places)
      for (const row of own) {
        const problem = take(registered, before, row)
        if (problem === null) rows.push(row)
        else faults.push({ line: row.line, userId: row.userId, ...problem })
      }
      done += 1
      if (done % atOnce === 0) await this.#pause(signal, () => tell({ step: 'checking', done, total: people.size }))
    }
    return rows
  }

  async #holdings(personId: PersonId): Promise<Holdings> {
    const { stores, destinations } = this.#parts
    const methods = await stores.methods.ofPerson(personId)
    const reached = methods.length === 0 ? [] : await destinations.reach(personId, methods)
    const types = new Map<string, number>()
    for (const { type } of methods) types.set(type, (types.get(type) ?? 0) + 1)
    return { places: new Set(reached.flatMap(({ destination }) => destination?.to.toLowerCase() ?? [])), types }
  }

  async #pause(signal: AbortSignal, tell: () => void): Promise<void> {
    tell()
    await nextTurn()
    signal.throwIfAborted()
  }
}

/** Counts the row among what its person has, unless it must not be. */
function take(
  { places, types }: Holdings,
  before: ReadonlySet<string>,
  { type, to }: ImportRow,
): Pick<RowFault, 'column' | 'problem'> | null {
  const place = to.toLowerCase()
  if (places.has(place)) return { column: 'value', problem: before.has(place) ? 'already-registered' : 'repeated-row' }
  const count = types.get(type) ?? 0
  if (count >= methodsOfAType) return { column: 'type', problem: 'limit' }
  places.add(place)
  types.set(type, count + 1)
  return null
}
