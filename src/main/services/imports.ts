import { randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import { AppError } from '../../shared/errors'
import { messages } from '../../shared/i18n'
import type { Language } from '../../shared/model/common'
import type { ImportOutcome, ImportPreview, ImportProgress } from '../../shared/model/imports'
import type { AuditRecorder } from '../audit/audit'
import type { Clock } from '../clock'
import { faultList, importTemplate } from '../domain/imports'
import { actorOf } from './audit-subjects'
import type { DesktopPort } from './desktop'
import type { Emit } from './events'
import { ImportCheck } from './imports-check'
import type { CheckedImport, ImportCheckParts } from './imports-check'
import { ImportWriter } from './imports-write'
import type { ImportWriterParts } from './imports-write'
import type { Acting } from './session'

interface ImportParts extends ImportCheckParts, Omit<ImportWriterParts, 'stores'> {
  readonly stores: ImportCheckParts['stores'] & ImportWriterParts['stores']
  readonly desktop: Pick<DesktopPort, 'askOpenPath' | 'askSaveFile'>
  /** For this user only; throws `file-not-written`. */
  readonly writeFile: (file: string, text: string) => Promise<void>
  readonly audit: AuditRecorder
  readonly clock: Clock
  readonly emit: Emit
}

/** A file that was checked; its numbers and addresses stay in main, and not for long. */
interface Waiting extends CheckedImport {
  readonly id: string
  readonly agentId: string
  readonly file: string
  readonly expiresAt: number
}

const waitingMs = 30 * 60_000
/** The page is told so often, at most. */
const toldEveryMs = 200
const listedFaults = 1000

/**
 * Registrations of many people from a file: every row is checked before anything is written, and what is written is unconfirmed, so that
 * nothing of it counts before its person has proven it at the desk.
 */
export class ImportsService {
  readonly #parts: ImportParts
  readonly #check: ImportCheck
  readonly #writer: ImportWriter
  #waiting: Waiting | null = null
  #progress: ImportProgress = null
  #running: AbortController | null = null
  #toldAt = -Infinity

  constructor(parts: ImportParts) {
    this.#parts = parts
    this.#check = new ImportCheck(parts)
    this.#writer = new ImportWriter(parts)
  }

  /**
   * Asks for a file and checks every row; `null` when the dialog was cancelled. Throws `role-required`, `import-running`,
   * `file-unreadable {file}`, `import-file-invalid {reason}`, `directory-…`.
   */
  async choose(acting: Acting): Promise<ImportPreview | null> {
    const { desktop, audit, clock } = this.#parts
    await acting.current('admin')
    this.#assertIdle()
    const file = await desktop.askOpenPath({ extensions: ['csv', 'txt'] })
    if (file === null) return null
    const details = { file: basename(file) }
    return this.#run((signal) =>
      // A dry run says which numbers are registered: without a row one could be guessed that a reveal would have audited.
      audit.record({ action: 'registration.import-check', actor: actorOf(acting), details }, async (scope) => {
        this.#waiting = null
        const checked = await this.#check.check(acting, file, signal, (progress) => this.#tell(progress))
        const { rows, badRows, bad } = checked
        const known = bad.filter(({ problem }) => problem === 'already-registered').length
        scope.note({ rows: rows.length, badRows, skipped: known })
        const expiresAt = clock.now() + waitingMs
        const waiting: Waiting = { ...checked, id: randomUUID(), agentId: acting.operator.id, file, expiresAt }
        this.#waiting = waiting
        return describe(waiting)
      }),
    )
  }

  /**
   * Writes the good rows in whole batches. What somebody registered meanwhile is skipped; so is what an import that was interrupted had
   * written already. Throws `role-required`, `import-not-found`, `import-running`.
   */
  async apply(acting: Acting, importId: string): Promise<ImportOutcome> {
    const { audit } = this.#parts
    this.#assertIdle()
    const waiting = this.#find(acting, importId)
    const details = { file: basename(waiting.file), rows: waiting.rows.length, badRows: waiting.badRows }
    return this.#run((signal) =>
      audit.record({ action: 'registration.import', actor: actorOf(acting), details }, async (scope) => {
        await acting.current('admin')
        this.#waiting = null
        const people = new Set<string>()
        const sums = { added: 0, skipped: 0 }
        const note = (): void => scope.note({ ...sums, people: people.size })
        try {
          for await (const written of this.#writer.write(waiting.rows, signal)) {
            sums.added += written.added
            sums.skipped += written.skipped
            for (const personId of written.people) people.add(personId)
            this.#tell({ step: 'writing', done: sums.added + sums.skipped, total: waiting.rows.length })
          }
        } finally {
          note()
        }
        return { ...sums, people: people.size }
      }),
    )
  }

  discard(acting: Acting, importId: string): void {
    this.#find(acting, importId)
    this.#waiting = null
  }

  progress(): ImportProgress {
    return this.#progress
  }

  /** Saves an empty file with its columns; `null` when the dialog was cancelled. Throws `file-not-written`. */
  async saveTemplate(): Promise<{ file: string } | null> {
    const { desktop, writeFile } = this.#parts
    const file = await desktop.askSaveFile({ name: 'registrations.csv', extension: 'csv' })
    if (file === null) return null
    await writeFile(file, importTemplate)
    return { file }
  }

  /**
   * Saves every row that is left out, with the reason in words; `null` when the dialog was cancelled. Throws `role-required`,
   * `import-not-found`, `file-not-written`.
   */
  async saveBadRows(acting: Acting, importId: string, language: Language): Promise<{ file: string } | null> {
    const { desktop, writeFile } = this.#parts
    await acting.current('admin')
    const { bad } = this.#find(acting, importId)
    const file = await desktop.askSaveFile({ name: 'rows-left-out.csv', extension: 'csv' })
    if (file === null) return null
    const { check, problem } = messages[language].imports
    const header = [check.line, check.userId, check.column, check.problem]
    await writeFile(file, faultList(header, bad, problem))
    return { file }
  }

  /** The session locked or ended: what was read is forgotten, and a running import stops after the batch that it writes. */
  forget(): void {
    this.#waiting = null
    this.#running?.abort(new AppError('session-locked'))
  }

  #find(acting: Acting, importId: string): Waiting {
    const waiting = this.#waiting
    if (waiting?.id !== importId || waiting.agentId !== acting.operator.id) throw new AppError('import-not-found')
    if (this.#parts.clock.now() < waiting.expiresAt) return waiting
    this.#waiting = null
    throw new AppError('import-not-found')
  }

  #assertIdle(): void {
    if (this.#running !== null) throw new AppError('import-running')
  }

  async #run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#assertIdle()
    const running = new AbortController()
    this.#running = running
    try {
      return await work(running.signal)
    } finally {
      this.#running = null
      this.#progress = null
      this.#toldAt = -Infinity
      this.#parts.emit('import-changed', {})
    }
  }

  #tell(progress: ImportProgress): void {
    const { clock, emit } = this.#parts
    const isNewStep = this.#progress?.step !== progress?.step
    this.#progress = progress
    if (!isNewStep && clock.now() - this.#toldAt < toldEveryMs) return
    this.#toldAt = clock.now()
    emit('import-changed', {})
  }
}

function describe({ id, file, rows, badRows, bad, expiresAt }: Waiting): ImportPreview {
  const types = new Map<ImportPreview['types'][number]['type'], number>()
  for (const { type } of rows) types.set(type, (types.get(type) ?? 0) + 1)
  return {
    importId: id,
    file: basename(file),
    rows: rows.length + badRows,
    good: rows.length,
    people: new Set(rows.map(({ personId }) => personId)).size,
    types: [...types].map(([type, count]) => ({ type, count })),
    bad: bad.slice(0, listedFaults),
    badRows,
    expiresAt: new Date(expiresAt).toISOString(),
  }
}
