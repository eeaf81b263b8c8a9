import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import type { CsvError } from 'csv-parse'
import { AppError } from '../../../shared/errors'
import type { CsvRow } from '../import-file'

const maxBytes = 20 * 1024 * 1024
const maxRecord = 20_000
/** Characters that are handed to the parser at once. */
const chunk = 64 * 1024

/** As {@link ReadImportFile} says. */
export async function* readCsvFile(file: string): AsyncGenerator<CsvRow> {
  const text = decode(await readBytes(file))
  // Loaded with the first import: at every start it would be for nothing.
  // eslint-disable-next-line no-restricted-syntax -- this floor's own library, named in full
  const csv = await import('csv-parse')
  const parser = csv.parse({ info: true, relax_column_count: true, skip_empty_lines: true, max_record_size: maxRecord })
  const records: AsyncIterable<unknown> = Readable.from(chunksOf(text))
    .on('error', () => undefined)
    .pipe(parser)
  try {
    for await (const record of records) yield rowOf(record)
  } catch (error) {
    if (!(error instanceof csv.CsvError)) throw error
    // The parser's own words repeat what is in the file.
    throw new AppError('import-file-invalid', { reason: 'not-csv', line: lineOf(error) })
  }
}

async function readBytes(file: string): Promise<Buffer> {
  const name = basename(file)
  try {
    // Looked at before it is opened: opening a named pipe would wait for its writer.
    const entry = await stat(file)
    if (!entry.isFile()) throw new AppError('file-unreadable', { file: name })
    if (entry.size > maxBytes) throw new AppError('import-file-invalid', { reason: 'too-large' })
    return await readFile(file)
  } catch (error) {
    throw error instanceof AppError ? error : new AppError('file-unreadable', { file: name }, { cause: error })
  }
}

/** UTF-8 where it is valid UTF-8, with or without its mark; else Shift_JIS with Microsoft's additions (WHATWG Encoding). */
function decode(bytes: Buffer): string {
  for (const encoding of ['utf-8', 'shift_jis']) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes)
      // A spreadsheet, or another program's own format.
      if (!text.includes('\0')) return text
    } catch {
      // The next one, if there is one.
    }
  }
  throw new AppError('import-file-invalid', { reason: 'encoding' })
}

function* chunksOf(text: string): Generator<string> {
  for (let from = 0; from < text.length; from += chunk) yield text.slice(from, from + chunk)
}

function rowOf(entry: unknown): CsvRow {
  if (typeof entry !== 'object' || entry === null || !('record' in entry) || !('info' in entry)) throw notARow()
  const { record, info } = entry
  if (!Array.isArray(record) || typeof info !== 'object' || info === null || !('lines' in info)) throw notARow()
  return { line: Number(info.lines), cells: record.map(String) }
}

function notARow(): TypeError {
  return new TypeError('the parser gave no record')
}

function lineOf(error: CsvError): number {
  const line: unknown = error['lines']
  return typeof line === 'number' ? line : 0
}
