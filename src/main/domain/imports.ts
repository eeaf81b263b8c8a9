import type { ImportPreview } from '../../shared/model/imports'
import { methodTypes } from '../../shared/model/verification'
import type { MethodType } from '../../shared/model/verification'
import type { Policy } from './policy'
import { isInPolicy, kindOf } from './registration'
import { readAddress } from './registration-address'
import { readExtension } from './registration-extension'

export const importColumns = ['userId', 'type', 'value', 'extension', 'label'] as const
export type ImportColumn = (typeof importColumns)[number]
const requiredColumns = ['userId', 'type', 'value'] as const satisfies readonly ImportColumn[]

/** A file with its columns and nothing else, with the byte order mark that Excel needs to take it for UTF-8. */
export const importTemplate = `\ufeff${importColumns.join(',')}\r\n`

/** Rows that are left out as a CSV file for a spreadsheet: a user ID comes from somebody else's file and must not run as a formula there. */
export function faultList(
  header: readonly string[],
  faults: readonly RowFault[],
  words: Readonly<Record<ImportProblem, string>>,
): string {
  const rows = faults.map(({ line, userId, column, problem }) => [String(line), userId, column, words[problem]])
  return `\ufeff${[header, ...rows].map((cells) => `${cells.map(spreadsheetCell).join(',')}\r\n`).join('')}`
}

type ImportProblem = ImportPreview['bad'][number]['problem']
type ImportedType = Extract<MethodType, 'mobile' | 'alternative' | 'office' | 'mail'>

/** Where each column is in a row; a column that the file lacks is not there. */
export type ColumnPlaces = ReadonlyMap<ImportColumn, number>

/** A row as far as it can be judged by itself. */
export interface ImportRow {
  readonly line: number
  readonly userId: string
  readonly type: ImportedType
  /** E.164, or an address. */
  readonly to: string
  readonly extension: string
  readonly label: string
}

export interface RowFault {
  readonly line: number
  /** As written, cut short: it says where to look. */
  readonly userId: string
  readonly column: ImportColumn
  readonly problem: ImportProblem
}

const shownUserId = 100
const labelLength = 40

/** The header in any order, case and width; further columns are nobody's business. Answers the first column that is missing. */
export function readHeader(cells: readonly string[]): ColumnPlaces | { readonly missing: ImportColumn } {
  const names = cells.map((cell) => plain(cell).toLowerCase())
  const places = new Map<ImportColumn, number>()
  for (const column of importColumns) {
    const place = names.indexOf(column.toLowerCase())
    if (place >= 0) places.set(column, place)
  }
  const missing = requiredColumns.find((column) => !places.has(column))
  return missing === undefined ? places : { missing }
}

/** What one row says, or the first thing that is wrong with it. */
export function readRow(
  row: { readonly line: number; readonly cells: readonly string[] },
  places: ColumnPlaces,
  context: { readonly policy: Policy; readonly readNumber: (text: string) => { readonly e164: string } | null },
): ImportRow | RowFault {
  const { line, cells } = row
  const cell = (column: ImportColumn): string => plain(cells[places.get(column) ?? -1] ?? '')
  const userId = cell('userId')
  const fault = (column: ImportColumn, problem: ImportProblem): RowFault => ({
    line,
    userId: [...userId].slice(0, shownUserId).join(''),
    column,
    problem,
  })
  const short = requiredColumns.find((column) => (places.get(column) ?? 0) >= cells.length)
  if (short !== undefined) return fault(short, 'too-few-columns')
  if (userId === '') return fault('userId', 'user-missing')

  const named = cell('type').toLowerCase()
  const type = methodTypes.find((each) => each === named)
  if (type === undefined) return fault('type', 'type-unknown')
  if (!isImported(type)) return fault('type', 'type-not-imported')
  if (!isInPolicy(type, context.policy)) return fault('type', 'not-in-policy')

  const isMail = kindOf(type) === 'mail'
  const value = cell('value')
  const to = isMail ? readAddress(value) : (context.readNumber(value)?.e164 ?? null)
  if (to === null) return fault('value', isMail ? 'address-invalid' : 'number-invalid')
  const extension = readExtension(cell('extension'))
  if (extension === null || (extension !== '' && type !== 'office')) return fault('extension', 'extension-invalid')
  const label = cell('label')
  if ([...label].length > labelLength) return fault('label', 'label-too-long')
  return { line, userId, type, to, extension, label: label === '' ? type : label }
}

export function isFault(read: ImportRow | RowFault): read is RowFault {
  return 'problem' in read
}

/** A name that none of these has: `Mobile`, `Mobile 2`, …; two methods of one name could not be told apart at a check. */
export function freeLabel(label: string, taken: ReadonlySet<string>): string {
  if (!taken.has(label)) return label
  for (let number = 2; ; number += 1) {
    const suffix = ` ${number}`
    const free = [...label].slice(0, labelLength - suffix.length).join('') + suffix
    if (!taken.has(free)) return free
  }
}

function isImported(type: MethodType): type is ImportedType {
  return type === 'mobile' || type === 'alternative' || type === 'office' || type === 'mail'
}

/** A text for a cell (RFC 4180); an apostrophe keeps a spreadsheet from reading it as a formula. */
function spreadsheetCell(text: string): string {
  const safe = /^\s*[=+\-@＝＋－＠]/u.test(text) ? `'${text}` : text
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** One line without its edges, as forms take it; the apostrophe by which a spreadsheet is told that a number is text goes too. */
function plain(cell: string): string {
  return cell
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .replace(/^'(?=[+\d０-９])/u, '')
}
