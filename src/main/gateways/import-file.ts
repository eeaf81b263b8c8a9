/** One record of a CSV file (RFC 4180). */
export interface CsvRow {
  /** Of its end, counted from 1. */
  readonly line: number
  readonly cells: readonly string[]
}

/**
 * Reads a CSV file of at most 20 MB, in UTF-8 or in what a Japanese Excel writes (CP932), row by row. Throws `file-unreadable {file}`, and
 * `import-file-invalid {reason}`: `too-large`, `encoding`, `not-csv` with its `line`.
 */
export type ReadImportFile = (file: string) => AsyncIterable<CsvRow>
