import { mkdirSync, mkdtempSync, readFileSync, rmSync, chmodSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/main/config'
import { openStores } from '../../src/main/stores/database'
import type { Stores } from '../../src/main/stores/stores'
import { createCa } from '../support/ca'
import { aConfigFile, writeConfig } from '../support/config'
import { silentLog } from '../support/silent-log'
import { aClaim, agent, aMethod, aNewRequest, aPersonId, aProof, at, anyRequest } from '../support/stores'
import { testVault } from '../support/vault'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'attack-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Line of the last name of a field's path, by looking at the text. */
function lineOf(file: string, field: string): number {
  const name = field.split('.').at(-1) ?? ''
  return (
    readFileSync(file, 'utf8')
      .split('\n')
      .findIndex((text) => text.includes(`"${name}"`)) + 1
  )
}

describe('A user who wants more rights than the administrator gave', () => {
  const places = () => ({
    commandLineFile: null,
    userDataDir: join(folder, 'user'),
    machineFile: join(folder, 'machine', 'config.json'),
  })

  beforeEach(() => {
    mkdirSync(join(folder, 'user'))
    mkdirSync(join(folder, 'machine'), { mode: 0o755 })
  })

  it.each([
    ['roles', { roles: { agent: ['cn=everybody,dc=example'] } }],
    ['roles', { roles: {} }],
    ['policy', { roles: undefined, policy: { methodsRequired: 1 } }],
    ['directory.protectedGroups', { roles: undefined, directory: { domain: 'a.example', protectedGroups: [] } }],
  ])('cannot set %s in a file of their own', (field, changes) => {
    const file = writeConfig(join(folder, 'user'), aConfigFile(changes))
    expect(() => loadConfig(places())).toThrow(
      expect.objectContaining({ code: 'config-untrusted-source', params: { file, field, line: lineOf(file, field) } }),
    )
  })

  it('has no role by a file of their own', () => {
    writeConfig(join(folder, 'user'), aConfigFile({ roles: undefined }))
    const config = loadConfig(places())
    expect(config.source).toBe('user')
    expect(config.directory.roles).toEqual({ agent: [], approver: [], admin: [], auditor: [] })
  })

  it('cannot outdo the machine-wide file, not even a broken one', () => {
    writeConfig(join(folder, 'user'), aConfigFile({ roles: undefined, organisation: 'Mine' }))
    const machine = writeConfig(join(folder, 'machine'), aConfigFile())
    expect(loadConfig(places())).toMatchObject({ source: 'machine', organisation: 'Sakura Seisakusho' })

    writeConfig(join(folder, 'machine'), '{ broken')
    expect(() => loadConfig(places())).toThrow(expect.objectContaining({ code: 'config-invalid' }))
    expect(readFileSync(machine, 'utf8')).toBe('{ broken')

    rmSync(machine)
    mkdirSync(machine)
    expect(() => loadConfig(places())).toThrow(expect.objectContaining({ code: 'config-unreadable' }))
  })

  it('cannot slip changes into a machine-wide file, its folder or its CA', () => {
    createCa(join(folder, 'machine'), ['localhost'])
    const file = writeConfig(
      join(folder, 'machine'),
      aConfigFile({ directory: { domain: 'a.example', caFile: 'ca.pem' } }),
    )
    const reason = (target: string, mode: number, back: number): unknown => {
      chmodSync(target, mode)
      try {
        loadConfig(places())
        return 'accepted'
      } catch (error) {
        return error instanceof Error && 'params' in error ? error.params : error
      } finally {
        chmodSync(target, back)
      }
    }
    expect(loadConfig(places()).source).toBe('machine')
    expect(reason(file, 0o646, 0o644)).toEqual({ file, reason: 'writable-by-others' })
    expect(reason(file, 0o664, 0o644)).toEqual({ file, reason: 'writable-by-others' })
    expect(reason(join(folder, 'machine'), 0o777, 0o755)).toEqual({ file, reason: 'folder-writable-by-others' })
    const ca = join(folder, 'machine', 'ca.pem')
    expect(reason(ca, 0o666, 0o644)).toEqual({ file: ca, reason: 'writable-by-others' })
  })
})

describe('Somebody who writes into the desk’s database by hand', () => {
  const personId = aPersonId()
  let file: string
  let stores: Stores
  let raw: Database.Database
  let requestId: string

  beforeEach(async () => {
    file = join(folder, 'desk.db')
    stores = await openStores({ file, vault: testVault(), log: silentLog })
    raw = new Database(file)
    requestId = (await stores.requests.create(aNewRequest({ personId }))).id
  })
  afterEach(async () => {
    raw.close()
    await stores.close()
  })

  const tampered: unknown = expect.objectContaining({ code: 'store-tampered' })

  it.each([
    "person_id = '00000000-0000-0000-0000-000000000000@dc=x'",
    "person_name = 'x'",
    "channel = 'walk-in'",
    "state = 'claimed'",
    "holder_id = 'x'",
    "created_by_id = 'x'",
    'version = 7',
    "expires_at = '2099-01-01T00:00:00.000Z'",
  ])('cannot set %s on a request', async (change) => {
    raw.exec(`update requests set ${change}`)

    await expect(stores.requests.get(requestId)).rejects.toEqual(tampered)
    await expect(stores.requests.change(requestId, 1, aClaim())).rejects.toEqual(tampered)
    await expect(stores.requests.addEvent(requestId, { at: at(), kind: 'note', by: agent, text: '' })).rejects.toEqual(
      tampered,
    )
    await expect(stores.requests.list(anyRequest)).rejects.toEqual(tampered)
    expect(raw.prepare('select count(*) from request_events').pluck().get()).toBe(1)
  })

  it.each([
    "expires_at = '2099-01-01T00:00:00.000Z'",
    "approval = 'approved'",
    'approval = null',
    'spent_by = null',
    'revoked_at = null',
    "agent_id = 'x'",
    "person_id = 'x'",
    "kind = 'key'",
  ])('cannot set %s on a proof', async (change) => {
    const proof = aProof(requestId, { approval: 'waiting', spentBy: randomUUID(), spentAt: at(1) })
    await stores.proofs.add(proof)
    await stores.proofs.revoke(requestId, at(2))
    raw.exec(`update proofs set ${change}`)

    await expect(stores.proofs.ofRequest(requestId)).rejects.toEqual(tampered)
    await expect(stores.proofs.spend([proof.id], randomUUID(), at(1))).rejects.toEqual(tampered)
    const decision = { approval: 'approved', approverId: 'x', approverName: 'x', now: at(1), expiresAt: at(9) } as const
    await expect(stores.proofs.decide(proof.id, decision)).rejects.toEqual(tampered)
  })

  it('cannot make a proof of their own, nor carry one to another row', async () => {
    const proof = aProof(requestId)
    await stores.proofs.add(proof)
    raw.exec(`insert into proofs select '${randomUUID()}', request_id, person_id, agent_id, kind, method_id, label, attestation,
      proven_at, expires_at, approval, approver_id, approver_name, spent_by, spent_at, revoked_at, mac, action from proofs`)
    await expect(stores.proofs.ofRequest(requestId)).rejects.toEqual(tampered)
  })

  it.each([
    "secret = x'00'",
    'last_step = null',
    'last_step = 1',
    "person_id = 'x'",
    "registered_at = '2020'",
    'first_in_person = 1',
  ])('cannot set %s on a method', async (change) => {
    const method = aMethod({ lastStep: 100 })
    await stores.methods.add(method)
    raw.exec(`update methods set ${change}`)
    await expect(stores.methods.get(method.id)).rejects.toEqual(tampered)
    await expect(stores.methods.acceptStep(method.id, 50, 0, at())).rejects.toEqual(tampered)
  })

  it.each([
    "update failures set at = '2020-01-01T00:00:00.000Z'",
    "update failures set request_id = 'x' where seq = 1",
    'delete from failures where seq = 1',
    'delete from failures where seq = 3',
    'delete from failures',
    'update failure_heads set closed_until = null',
    'update failure_heads set reopened_seq = last_seq',
    'update failure_heads set last_seq = 0',
  ])('cannot forget failed checks: %s', async (statement) => {
    const failure = {
      personId,
      agentId: agent.id,
      requestId,
      windowStart: at(-86_400),
      limit: 3,
      closedUntil: at(86_400),
    }
    for (const second of [1, 2, 3]) await stores.failures.add({ ...failure, at: at(second) })
    raw.exec(statement)

    await expect(stores.failures.state(personId, at(-86_400), at(4))).rejects.toEqual(tampered)
    await expect(stores.failures.add({ ...failure, at: at(5) })).rejects.toEqual(tampered)
  })

  it('cannot have a number given twice by setting the counter back', async () => {
    raw.exec('update counters set value = 0')
    await expect(stores.requests.create(aNewRequest())).rejects.toEqual(tampered)
    expect(raw.prepare('select count(*) from requests').pluck().get()).toBe(1)
  })

  it('cannot bring rows of another installation, nor open these with its key', async () => {
    const other = join(folder, 'other.db')
    const foreign = await openStores({ file: other, vault: testVault(), log: silentLog })
    await foreign.requests.create(aNewRequest())
    const { id } = await foreign.requests.create(aNewRequest())
    await foreign.close()
    raw.exec(`attach '${other}' as other`)
    raw.exec('insert into requests select * from other.requests where number = 2')
    await expect(stores.requests.get(id)).rejects.toEqual(tampered)

    const opening = openStores({ file, vault: testVault(), log: silentLog })
    await expect(opening).rejects.toMatchObject({ code: 'store-unavailable', params: { reason: 'other-key' } })
  })
})
