import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readCsvFile } from '../../../src/main/gateways/import-file/csv-file'
import { AppError } from '../../../src/shared/errors'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'csv-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function read(content: string | Uint8Array): Promise<(readonly [number, readonly string[]])[]> {
  const file = join(folder, 'people.csv')
  writeFileSync(file, content)
  const rows: (readonly [number, readonly string[]])[] = []
  for await (const { line, cells } of readCsvFile(file)) rows.push([line, cells])
  return rows
}

describe('readCsvFile', () => {
  it('reads quotes, line breaks in cells, a byte order mark and short rows, with the line of each', async () => {
    expect(await read('\ufeffa,b\r\n"x ""y""","1\n2"\r\n\r\nz\r\n')).toEqual([
      [1, ['a', 'b']],
      [3, ['x "y"', '1\n2']],
      [5, ['z']],
    ])
  })

  it('refuses a file that is too large, and a pipe, which would wait for its writer', async () => {
    const large = join(folder, 'large.csv')
    writeFileSync(large, '')
    truncateSync(large, 20 * 1024 * 1024 + 1)
    await expect(readCsvFile(large).next()).rejects.toMatchObject({ params: { reason: 'too-large' } })
    const pipe = join(folder, 'pipe.csv')
    execFileSync('mkfifo', [pipe])
    await expect(readCsvFile(pipe).next()).rejects.toMatchObject({ code: 'file-unreadable' })
  })

  it('refuses a cell without end rather than keep it all', async () => {
    await expect(read(`a,b\n"${'x'.repeat(100_000)}`)).rejects.toMatchObject({ params: { reason: 'not-csv' } })
  })

  it('answers rows or a refusal for any bytes, and no refusal repeats them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        try {
          for (const [line, cells] of await read(bytes)) expect(line > 0 && cells.length > 0).toBe(true)
        } catch (error) {
          if (!(error instanceof AppError)) throw error
          expect([error.code, error.message, error.cause]).toEqual([
            ...['import-file-invalid', 'import-file-invalid'],
            undefined,
          ])
        }
      }),
      { numRuns: 60 },
    )
  })
})
