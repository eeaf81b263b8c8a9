import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SecretsService, WaitingSecrets } from '../../../src/main/services/secrets'
import type { SecretStore } from '../../../src/main/stores/stores'
import { silentLog } from '../../support/silent-log'
import { testVault } from '../../support/vault'

let folder: string
let rows: Map<string, Uint8Array>
let vault = testVault()

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'secrets-'))
  rows = new Map()
  vault = testVault()
})
afterEach(() => rmSync(folder, { recursive: true }))

const store: SecretStore = {
  get: async (name) => rows.get(name) ?? null,
  set: async (name, sealed) => void rows.set(name, sealed),
  remove: async (name) => void rows.delete(name),
  names: async () => [...rows.keys()],
}
const service = (files: Record<string, string> = {}): SecretsService =>
  new SecretsService({ files, store, vault, log: silentLog })

describe('SecretsService', () => {
  it('gives back what was entered, sealed at rest', async () => {
    const secrets = service()
    await secrets.set({ 'mailbox.password': 'ぱすわーど', 'sms.token': 't' })
    expect(await secrets.reader()('mailbox.password')).toBe('ぱすわーど')
    expect(await secrets.reader()('sms.other')).toBeNull()
    expect(await secrets.names()).toEqual(['mailbox.password', 'sms.token'])
    const stored = Buffer.from(rows.get('mailbox.password') ?? []).toString('utf8')
    expect(stored).not.toContain('ぱすわーど')
  })

  it('keeps none that is not wanted any more', async () => {
    const secrets = service()
    await secrets.set({ 'mailbox.password': 'one', 'sms.token': 'two' })
    await secrets.keepOnly(['sms.token', 'sms.other'])
    expect([...rows.keys()]).toEqual(['sms.token'])
    expect(await secrets.reader()('mailbox.password')).toBeNull()
  })

  it('takes no sealed secret for another one', async () => {
    const secrets = service()
    await secrets.set({ 'mailbox.password': 'one', 'sms.token': 'two' })
    rows.set('sms.token', rows.get('mailbox.password') ?? new Uint8Array())
    await expect(secrets.reader()('sms.token')).rejects.toMatchObject({ code: 'store-tampered' })
  })

  it('lets a file win, reads it anew each time, and gives none that others may read', async () => {
    const file = join(folder, 'imap.secret')
    writeFileSync(file, 'first\n', { mode: 0o600 })
    const secrets = service({ 'mailbox.password': file })
    await secrets.set({ 'mailbox.password': 'entered' })
    expect(await secrets.reader()('mailbox.password')).toBe('first')
    writeFileSync(file, 'second')
    expect(await secrets.reader()('mailbox.password')).toBe('second')
    expect(await secrets.names()).toEqual(['mailbox.password'])
    chmodSync(file, 0o644)
    expect(await secrets.reader()('mailbox.password')).toBeNull()
  })
})

describe('WaitingSecrets', () => {
  function sealed() {
    const seen: unknown[] = []
    return { seen, set: async (values: unknown) => void seen.push(values) }
  }

  it('are sealed once, and wait on when that fails', async () => {
    const waiting = new WaitingSecrets()
    waiting.keep({ 'mailbox.password': 'old' }, 'a')
    waiting.keep({ 'mailbox.password': 'new', 'sms.token': 't' }, 'a')
    await expect(waiting.sealIn({ set: () => Promise.reject(new Error('disk')) }, 'a')).rejects.toThrow('disk')

    const into = sealed()
    await waiting.sealIn(into, 'a')
    await waiting.sealIn(into, 'a')
    expect(into.seen).toEqual([{ 'mailbox.password': 'new', 'sms.token': 't' }])
  })

  it('are never sealed for a configuration that they were not entered with', async () => {
    const waiting = new WaitingSecrets()
    waiting.keep({ 'mailbox.password': 'of another server' }, 'a copy that nobody put in place')
    const into = sealed()
    await waiting.sealIn(into, 'the file in force')
    expect(into.seen).toEqual([])

    waiting.keep({ 'sms.token': 't' }, 'the file in force')
    await waiting.sealIn(into, 'the file in force')
    await waiting.sealIn(into, 'a copy that nobody put in place')
    expect(into.seen).toEqual([{ 'sms.token': 't' }])
  })
})
