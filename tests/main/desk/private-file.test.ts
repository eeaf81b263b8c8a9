import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writePrivateFile } from '../../../src/main/desk/private-file'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'sspr-private-'))
})
afterEach(() => {
  rmSync(dir, { recursive: true })
})

describe('writePrivateFile', () => {
  it('writes for this user only, also in place of a file that others could read', async () => {
    const file = join(dir, 'person.json')
    writeFileSync(file, 'before', { mode: 0o644 })
    await writePrivateFile(file, '山田')
    expect(readFileSync(file, 'utf8')).toBe('山田')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(dir)).toEqual(['person.json'])
  })

  it('says why it could not, and leaves nothing half written', async () => {
    const folder = join(dir, 'folder')
    mkdirSync(join(folder, 'inside'), { recursive: true })
    for (const [file, reason] of [
      [join(dir, 'absent', 'person.json'), 'ENOENT'],
      [folder, 'EISDIR'],
    ] as const) {
      await expect(writePrivateFile(file, 'x')).rejects.toMatchObject({
        code: 'file-not-written',
        params: { file, reason },
      })
    }
    expect(readdirSync(dir)).toEqual(['folder'])
  })
})
