import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openStores } from '../../../src/main/stores/database'
import type { Stores } from '../../../src/main/stores/stores'
import { silentLog } from '../../support/silent-log'
import { agent, aNewRequest, aPerson, aPersonId, at, aSentCode, aTakenMail, mailTimes } from '../../support/stores'
import { testVault } from '../../support/vault'

let folder: string
let file: string
let stores: Stores
let raw: Database.Database
const tampered: unknown = expect.objectContaining({ code: 'store-tampered' })

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tampering-'))
  file = join(folder, 'desk.db')
  stores = await openStores({ file, vault: testVault(), log: silentLog })
  raw = new Database(file)
})
afterEach(async () => {
  raw.close()
  await stores.close()
  rmSync(folder, { recursive: true })
})

describe('A request that was written by hand', () => {
  it.each([
    'repeats = 9',
    "last_asked_at = '2020-01-01T00:00:00.000Z'",
    "due_at = '2099-01-01T00:00:00.000Z'",
    "cause = 'none'",
    'created_by_id = null',
  ])('with %s is not believed', async (change) => {
    const { id } = await stores.requests.create(aNewRequest())
    raw.exec(`update requests set ${change}`)
    await expect(stores.requests.get(id)).rejects.toEqual(tampered)
    await expect(stores.requests.setCause(id, 'not-enabled')).rejects.toEqual(tampered)
    await expect(stores.requests.becameDue(at(-1), '2100-01-01T00:00:00.000Z')).rejects.toEqual(tampered)
  })

  it('takes no mail', async () => {
    const person = aPerson()
    await stores.requests.create(aNewRequest({ personId: person.id }))
    raw.exec("update requests set holder_id = 'x'")
    const taking = stores.mails.take('box', { uidValidity: '1', lastUid: 1 }, [aTakenMail({ person })], mailTimes)
    await expect(taking).rejects.toEqual(tampered)
    expect(raw.prepare('select count(*) from mails').pluck().get()).toBe(0)
    expect(await stores.mails.cursor('box')).toBeNull()
  })
})

describe('A mail that was written by hand', () => {
  it.each([
    "sender = 'x'",
    "subject = 'x'",
    "text = x'00'",
    'named = \'["tanaka.hiroshi"]\'',
    "state = 'waiting'",
    "state = 'dismissed'",
    'trouble = null',
    "reason = 'forgot'",
    "digest = 'x'",
    "settled_by_id = 'x'",
    "received_at = '2020-01-01T00:00:00.000Z'",
  ])('with %s is not believed', async (change) => {
    const mail = aTakenMail({ trouble: 'several-people' })
    await stores.mails.take('box', { uidValidity: '1', lastUid: 1 }, [mail], mailTimes)
    raw.exec(`update mails set ${change}`)

    for (const attempt of [
      () => stores.mails.get(mail.id),
      () => stores.mails.match(mail.id, aPerson(), agent, mailTimes),
      () => stores.mails.dismiss(mail.id, agent, at(), 'x'),
      () => stores.mails.setUnclear(mail.id, 'unreadable'),
      () => stores.mails.list({ show: 'all', cursor: null, limit: 5 }),
    ]) {
      await expect(attempt()).rejects.toEqual(tampered)
    }
    expect(raw.prepare('select count(*) from requests').pluck().get()).toBe(0)
  })

  it('does not move the cursor: mails are neither skipped nor read from another place', async () => {
    await stores.mails.take('box', { uidValidity: '1', lastUid: 5 }, [], mailTimes)
    for (const change of ['last_uid = 9999', "uid_validity = '2'", "mailbox = 'other'"]) {
      raw.exec('begin')
      raw.exec(`update mail_cursors set ${change}`)
      raw.exec('commit')
      await expect(stores.mails.cursor(change.startsWith('mailbox') ? 'other' : 'box')).rejects.toEqual(tampered)
    }
  })
})

describe('A sent code that was written by hand', () => {
  it.each([
    'tries_used = 0',
    'tries_allowed = 99',
    "expires_at = '2099-01-01T00:00:00.000Z'",
    "code_mac = 'known'",
    "method_id = 'x'",
    'request_id = null',
    "destination = destination || 'x'",
    'ended_at = null',
    "sent_at = '2020-01-01T00:00:00.000Z'",
    "channel = 'mail'",
    "purpose = 'enrol'",
    "person_id = 'x'",
    "agent_id = 'x'",
    "message_id = 'x'",
    "passed_at = '2020-01-01T00:00:00.000Z'",
  ])('with %s is not believed', async (change) => {
    const { id } = await stores.requests.create(aNewRequest())
    const code = aSentCode({ requestId: id })
    await stores.codes.reserve(code, { resendSeconds: 0, sendsPerDay: 10 })
    await stores.codes.takeTry(code.id, at(1))
    await stores.codes.reserve(
      { ...aSentCode({ ...code }), id: 'later', sentAt: at(2) },
      { resendSeconds: 0, sendsPerDay: 10 },
    )
    raw.pragma('foreign_keys = off')
    raw.exec(`update codes set ${change} where seq = 1`)

    await expect(stores.codes.get(code.id)).rejects.toEqual(tampered)
    await expect(stores.codes.takeTry(code.id, at(3))).rejects.toEqual(tampered)
    await expect(stores.codes.pass(code.id, at(3))).rejects.toEqual(tampered)
  })

  it.each([
    'delete from codes where seq = 1',
    'delete from codes where seq = 2',
    'delete from codes where seq = 3',
    'delete from codes',
    'update code_heads set last_seq = 0',
    'update code_heads set last_seq = 2',
    'update codes set seq = seq + 10',
  ])('gives no send for free: %s', async (statement) => {
    const destination = 'number'
    const limits = { resendSeconds: 0, sendsPerDay: 3 }
    for (let sent = 0; sent < 3; sent++)
      await stores.codes.reserve(aSentCode({ destination, sentAt: at(sent) }), limits)
    raw.exec(statement)

    await expect(stores.codes.reserve(aSentCode({ destination, sentAt: at(9) }), limits)).rejects.toEqual(tampered)
    await expect(stores.codes.sends(destination, at(-1))).rejects.toEqual(tampered)
  })
})

describe('Templates that were written by hand', () => {
  it('are not believed', async () => {
    await stores.templates.save([])
    raw.exec(`update templates set list = '[{"id":"x"}]'`)
    await expect(stores.templates.all()).rejects.toEqual(tampered)
  })
})

describe('The database file', () => {
  it('holds neither the text of a mail nor a secret nor a code in clear', async () => {
    const vault = testVault()
    const canaries = ['CANARY-MAIL-TEXT', 'CANARY-SMS-TOKEN', 'CANARY-CODE'].map((text) => Buffer.from(text))
    const [text, token, code] = canaries
    const mail = aTakenMail({ text: vault.seal('mail', text ?? Buffer.of()), person: aPerson() })
    await stores.mails.take('box', { uidValidity: '1', lastUid: 1 }, [mail], mailTimes)
    await stores.secrets.set('sms.token', vault.seal('secret', token ?? Buffer.of()))
    await stores.codes.reserve(
      aSentCode({ codeMac: vault.mac('code', (code ?? Buffer.of()).toString()), personId: aPersonId() }),
      { resendSeconds: 0, sendsPerDay: 3 },
    )
    for (const name of [file, `${file}-wal`]) {
      for (const canary of canaries) expect(readFileSync(name).includes(canary)).toBe(false)
    }
  })
})
