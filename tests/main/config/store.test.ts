import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig, type DeskConfig } from '../../../src/main/config'
import { storePlace } from '../../../src/main/desk/store-place'
import { createCa } from '../../support/ca'
import { aConfigFile, writeConfig } from '../../support/config'

let folder: string
let secretFile: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-store-'))
  secretFile = join(folder, 'store-password')
  writeFileSync(secretFile, 'Desk-Passw0rd1\n', { mode: 0o600 })
})
afterEach(() => rmSync(folder, { recursive: true }))

function load(changes: object): DeskConfig {
  const file = writeConfig(folder, aConfigFile(changes))
  return loadConfig({ commandLineFile: file, userDataDir: folder, machineFile: '' })
}

const server = { kind: 'postgresql', host: 'DB.sakura.example', database: 'sspr_desk', user: 'desk' }

describe('The store section', () => {
  it('is a file of this machine unless it says otherwise', () => {
    expect(load({}).store).toEqual({ kind: 'sqlite' })
    expect(load({ store: { kind: 'sqlite' } }).store).toEqual({ kind: 'sqlite' })
    expect(storePlace(load({}), '/data/desk.db')).toEqual({ file: '/data/desk.db' })
  })

  it('fills in what is usual of a server, and reads its authority', () => {
    const ca = createCa(folder, ['db.sakura.example'])
    expect(load({ store: { ...server, caFile: 'ca.pem' } }).store).toEqual({
      ...server,
      host: 'db.sakura.example',
      port: 5432,
      schema: null,
      caFile: ca.caFile,
      ca: readFileSync(ca.caFile, 'utf8'),
    })
  })

  it.each([
    ['store.kind', { kind: 'mysql' }],
    ['store.host', { ...server, host: 'db.sakura.example:5432' }],
    ['store.host', { kind: 'postgresql', database: 'd', user: 'u' }],
    ['store.port', { ...server, port: 0 }],
    ['store.schema', { ...server, schema: 'Desk"; drop' }],
    ['store.schema', { ...server, schema: 'a -c log_statement=all' }],
    ['store.password', { ...server, password: 'CANARY' }],
    ['store.sslmode', { ...server, sslmode: 'disable' }],
    ['store.host', { kind: 'sqlite', host: 'db' }],
    ['store.caFile', { ...server, caFile: 'missing.pem' }],
  ])('with a wrong %s is refused by name', (field, store) => {
    expect(() => load({ store })).toThrow(
      expect.objectContaining({ code: 'config-invalid', params: expect.objectContaining({ field }) as unknown }),
    )
  })

  it('is not taken from a file that the user can write', () => {
    const file = writeConfig(folder, { ...aConfigFile({ store: server }), roles: undefined })
    const places = { commandLineFile: null, userDataDir: folder, machineFile: join(folder, 'none.json') }
    expect(() => loadConfig(places)).toThrow(
      expect.objectContaining({ code: 'config-untrusted-source', params: { file, field: 'store', line: 11 } }),
    )
  })
})

describe('storePlace', () => {
  it('reads the password from its file each time it is asked for', () => {
    const place = storePlace(load({ store: server, secretFiles: { 'store.password': 'store-password' } }), '')
    if (!('postgres' in place)) throw new Error('not on a server')
    expect(place.postgres).toMatchObject({ host: 'db.sakura.example', port: 5432, database: 'sspr_desk', user: 'desk' })
    expect(place.postgres.password()).toBe('Desk-Passw0rd1')
    writeFileSync(secretFile, 'Another-Passw0rd1')
    expect(place.postgres.password()).toBe('Another-Passw0rd1')
    chmodSync(secretFile, 0o644)
    expect(() => place.postgres.password()).toThrow(expect.objectContaining({ code: 'secret-missing' }))
  })

  it('refuses a server without one', () => {
    expect(() => storePlace(load({ store: server }), '')).toThrow(
      expect.objectContaining({ code: 'secret-missing', params: { name: 'store.password' } }),
    )
  })

  it('knows an IPv6 address by its digits', () => {
    const secretFiles = { 'store.password': 'store-password' }
    expect(storePlace(load({ store: { ...server, host: '[::1]' }, secretFiles }), '')).toMatchObject({
      postgres: { host: '::1' },
    })
  })
})
