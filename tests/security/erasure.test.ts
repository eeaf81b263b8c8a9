import Database from 'better-sqlite3'
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { verifyCopy } from '../../src/main/audit/verifier'
import { approver, auditRows, codeOf, ok, openDesk, personIdOf, signIn, switchTo, type TestDesk } from '../support/desk'
import { canaries, livePerson, otherHand, registerAll, type OtherHand } from '../support/person-data'

let desk: TestDesk
let hand: OtherHand
let elsewhere: string

beforeEach(async () => {
  desk = await openDesk()
  hand = await otherHand(desk)
  elsewhere = mkdtempSync(join(tmpdir(), 'sspr-elsewhere-'))
  await signIn(desk)
})

afterEach(async () => {
  await hand.stores.close()
  await desk.close()
  rmSync(elsewhere, { recursive: true })
})

const reason = '花子さんの退職による'
const hanako = { name: '山田 花子', reading: 'やまだ', userId: 'yamada.hanako', parts: ['山田花子', 'yamada', '花子'] }
const allTraces = [
  ...[hanako.name, hanako.reading, 'ヤマダ', hanako.userId, ...hanako.parts, reason],
  ...Object.values(canaries).flat(),
]

const checkpoints = (): string => join(desk.folder, 'audit-checkpoints.txt')

/** Where one of these texts stands in a file of the desk, as text, as UTF-16, in hex, or inside base64. */
function traces(texts: readonly string[] = allTraces): string[] {
  const files = readdirSync(desk.folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(desk.folder, name)).isFile())
    .map((name) => ({ name, bytes: readFileSync(join(desk.folder, name)) }))
  return texts.flatMap((text) => {
    const plain = Buffer.from(text)
    const forms = [
      plain,
      Buffer.from(text, 'utf16le'),
      Buffer.from(plain.toString('hex')),
      Buffer.from(text.toUpperCase()),
    ]
    return files
      .filter(({ bytes }) => forms.some((form) => bytes.includes(form)))
      .map(({ name }) => `${text} in ${name}`)
  })
}

async function erase(personId: string): Promise<void> {
  await switchTo(desk, 'tanaka.hiroshi')
  await ok(desk.api.privacy.erase({ personId, reason, approver }))
}

/** As `npm run audit:verify` does it, against the key and the checkpoints that were noted elsewhere. */
async function offline(file: string, checkpointsFile: string): Promise<{ intact: boolean; sentence: string }> {
  const publicKeyFile = join(elsewhere, 'key.txt')
  writeFileSync(publicKeyFile, Buffer.from(hand.vault.signingPublicKey).toString('base64'))
  const report = await verifyCopy({ file, publicKeyFile, checkpointsFile })
  if (!report.checked) throw new Error(report.sentence)
  return { intact: report.verdict.intact, sentence: report.sentence }
}

describe('an erased person', () => {
  it('leaves no name, number, address, label or text in any file of the desk, while it runs and after', async () => {
    const { personId } = await livePerson(desk, hand, 'yamada.hanako')
    for (const text of [hanako.name, hanako.userId, canaries.note, canaries.subject, ...canaries.labels.slice(0, 3)]) {
      expect(traces([text]), text).not.toEqual([])
    }
    // Sealed from the first moment on.
    expect(traces([canaries.number, canaries.office, canaries.seed, canaries.text])).toEqual([])

    await erase(personId)
    expect(traces()).toEqual([])
    expect(existsSync(join(desk.folder, 'desk.db-wal'))).toBe(true)
    await hand.stores.close()
    await desk.close({ keepFolder: true })
    expect(traces()).toEqual([])
    hand = await otherHand(desk)
  })

  it('takes nobody else along', async () => {
    await livePerson(desk, hand, 'ito.kenta')
    const { personId } = await livePerson(desk, hand, 'yamada.hanako')
    const kenta = await personIdOf(desk, 'ito.kenta')
    const before = (await auditRows(desk)).filter((row) => row.targetId === kenta)
    const requests = await hand.stores.requests.ofPerson(kenta)
    await erase(personId)

    const methods = await hand.stores.methods.ofPerson(kenta)
    expect(methods).toHaveLength(6)
    for (const method of methods) await expect(hand.people.openSecret(method)).resolves.toBeInstanceOf(Uint8Array)
    expect(await hand.stores.requests.ofPerson(kenta)).toEqual(requests)
    expect((await auditRows(desk)).filter((row) => row.targetId === kenta)).toEqual(before)
    expect(before.length).toBeGreaterThan(4)
  })

  it('leaves a chain that verifies, at the desk, offline, in a copy from before, and in one from after', async () => {
    const { personId } = await livePerson(desk, hand, 'yamada.hanako')
    const save = async (name: string): Promise<{ copy: string; kept: string }> => {
      await switchTo(desk, 'watanabe.aya')
      const [copy, kept] = [join(elsewhere, `${name}.db`), join(elsewhere, `${name}.txt`)]
      desk.desktop.saveTo = copy
      await ok(desk.api.audit.saveCopy())
      copyFileSync(checkpoints(), kept)
      return { copy, kept }
    }
    const saved = [await save('before')]
    await erase(personId)
    saved.push(await save('after'))

    expect(await ok(desk.api.audit.verify())).toMatchObject({ intact: true, unfinished: 0 })
    for (const { copy, kept } of saved) {
      expect((await offline(copy, kept)).intact).toBe(true)
      for (const text of allTraces) expect(readFileSync(copy).includes(Buffer.from(text)), text).toBe(false)
    }
    await desk.close({ keepFolder: true })
    expect(await offline(join(desk.folder, 'audit.db'), checkpoints())).toMatchObject({
      intact: true,
      sentence: expect.stringContaining('by erasures that the chain records') as unknown,
    })
  })

  it('cannot be read again with a method that was put back, nor with the key of somebody else', async () => {
    const { personId, methods } = await livePerson(desk, hand, 'yamada.hanako')
    const kenta = await personIdOf(desk, 'ito.kenta')
    await registerAll(hand, kenta, ['mobile'])
    const file = join(desk.folder, 'desk.db')
    await erase(personId)

    for (const method of methods.values()) {
      await hand.stores.methods.add(method)
      await expect(hand.people.openSecret(method)).rejects.toMatchObject({ code: 'store-tampered' })
    }
    const db = new Database(file)
    db.prepare(
      'INSERT INTO person_keys (person_id, wrapped) SELECT ?, wrapped FROM person_keys WHERE person_id = ?',
    ).run(personId, kenta)
    db.close()
    await switchTo(desk, 'tanaka.hiroshi')
    for (const method of methods.values()) {
      await expect(hand.people.openSecret(method)).rejects.toMatchObject({ code: 'store-tampered' })
      expect(await codeOf(desk.api.privacy.reveal({ methodId: method.id, reason }))).not.toBe('ok')
    }
  })

  it('is not named again by whoever empties or fills rows of the audit by hand', async () => {
    const { personId } = await livePerson(desk, hand, 'yamada.hanako')
    const kenta = await personIdOf(desk, 'ito.kenta')
    await livePerson(desk, hand, 'ito.kenta')
    await erase(personId)
    await desk.close({ keepFolder: true })

    const tampered = async (change: string): Promise<boolean> => {
      const file = join(elsewhere, 'tampered.db')
      copyFileSync(join(desk.folder, 'audit.db'), file)
      const db = new Database(file)
      const triggers = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck(true).all()
      for (const trigger of triggers) db.exec(`DROP TRIGGER ${trigger}`)
      const { changes } = db.prepare(change).run()
      expect(changes).toBeGreaterThan(0)
      db.close()
      return !(await offline(file, checkpoints())).intact
    }
    expect(await tampered(`UPDATE rows SET target_name = '山田 花子' WHERE target_id = '${personId}'`)).toBe(true)
    expect(await tampered(`UPDATE rows SET target_details = '{"label":"x"}' WHERE length(salt) = 0`)).toBe(true)
    // The other person was not erased: emptying their rows is no erasure.
    const empty = "target_name = '', target_details = '', target_search = '', salt = x''"
    expect(await tampered(`UPDATE rows SET ${empty} WHERE target_id = '${kenta}'`)).toBe(true)
    expect(await tampered(`UPDATE rows SET target_id = '${personId}' WHERE target_id = '${kenta}'`)).toBe(true)
  })
})

describe('an erasure that did not come to its end', () => {
  it('is finished at the next start when the app died between store and audit', async () => {
    const { personId } = await livePerson(desk, hand, 'yamada.hanako')
    await hand.stores.erasures.erase(personId, desk.clock.iso())
    expect(traces([hanako.name])).not.toEqual([])
    await desk.close({ keepFolder: true })
    desk = await openDesk({ folder: desk.folder, clock: desk.clock })
    expect(traces()).toEqual([])
    await signIn(desk, 'watanabe.aya')
    expect(await ok(desk.api.audit.verify())).toMatchObject({ intact: true })
  })

  it('is finished later when somebody reads the audit meanwhile, and is not taken for tampering until then', async () => {
    const { personId } = await livePerson(desk, hand, 'yamada.hanako')
    const reader = new Database(join(desk.folder, 'audit.db'), { readonly: true })
    reader.exec('BEGIN')
    reader.prepare('SELECT count(*) FROM rows').get()
    await erase(personId)
    const erasing = (await auditRows(desk)).filter(({ action }) => action === 'privacy.erase')
    expect(erasing).toMatchObject([{ outcome: 'started' }, { outcome: 'indeterminate', details: { methods: 6 } }])
    expect(await ok(desk.api.audit.verify())).toMatchObject({ intact: true })
    reader.close()

    await desk.close({ keepFolder: true })
    desk = await openDesk({ folder: desk.folder, clock: desk.clock })
    await signIn(desk, 'watanabe.aya')
    expect(traces()).toEqual([])
    expect((await auditRows(desk)).filter(({ action }) => action === 'privacy.erase').at(-1)).toMatchObject({
      outcome: 'succeeded',
      actorId: '',
    })
    expect(await ok(desk.api.audit.verify())).toMatchObject({ intact: true })
  })
})
