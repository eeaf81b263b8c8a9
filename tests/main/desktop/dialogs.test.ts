import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { askOpenFile, askOpenPath } from '../../../src/main/desktop/dialogs'
import { createCa } from '../../support/ca'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dialogs-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const choose = (file: string | null): ReturnType<typeof askOpenFile> => {
  const answer = { canceled: file === null, filePaths: file === null ? [] : [file] }
  const dialog = { showOpenDialog: () => Promise.resolve(answer) } as unknown as Parameters<typeof askOpenFile>[0]
  return askOpenFile(dialog, null, { extensions: ['json'] })
}

describe('askOpenFile', () => {
  it('answers path and text, without a byte order mark, and nothing when cancelled', async () => {
    const name = join(folder, 'a.json')
    writeFileSync(name, '\ufeff{"会社":1}')
    expect(await choose(name)).toEqual({ name, text: '{"会社":1}' })
    expect(await choose(null)).toBeNull()
  })

  it('turns a certificate in binary form into text', async () => {
    const { caFile } = createCa(folder, ['localhost'])
    const name = join(folder, 'ca.cer')
    const certificate = new X509Certificate(readFileSync(caFile))
    writeFileSync(name, certificate.raw)
    const chosen = await choose(name)
    expect(new X509Certificate(chosen?.text ?? '').fingerprint256).toBe(certificate.fingerprint256)
  })

  it('refuses what is gone, no file, or too large, and names no folder in the refusal', async () => {
    writeFileSync(join(folder, 'large.json'), '')
    truncateSync(join(folder, 'large.json'), 1024 * 1024 + 1)
    for (const name of ['gone.json', '.', 'large.json']) {
      const error: unknown = await choose(join(folder, name)).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: 'file-unreadable' })
      expect(JSON.stringify(error)).not.toContain(tmpdir() + '/')
    }
  })
})

describe('askOpenPath', () => {
  const ask = (answer: { canceled: boolean; filePaths: string[] }): Promise<string | null> => {
    const dialog = { showOpenDialog: () => Promise.resolve(answer) } as unknown as Parameters<typeof askOpenPath>[0]
    return askOpenPath(dialog, null, { extensions: ['csv'] })
  }

  it('answers where the file lies without looking into it, and nothing when cancelled', async () => {
    expect(await ask({ canceled: false, filePaths: ['/somewhere/people.csv'] })).toBe('/somewhere/people.csv')
    expect(await ask({ canceled: true, filePaths: [] })).toBeNull()
    expect(await ask({ canceled: false, filePaths: [] })).toBeNull()
  })
})
