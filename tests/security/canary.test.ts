import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../src/shared/errors'
import {
  approver,
  codeOf,
  inPerson,
  ok,
  openCase,
  openDesk,
  personIdOf,
  seedPassword,
  signIn,
  wait,
} from '../support/desk'
import type { TestDesk } from '../support/desk'
import { startDovecot } from '../support/dovecot'
import {
  intakeStory,
  mailSecrets,
  pastedSecret,
  settingsStory,
  trialNumber,
  typedSecrets,
} from '../support/settings-story'
import { gatewaySecret, openSmsDesk } from '../support/sms-desk'
import { base32, totpCode, wrongCode } from '../support/totp'

let desk: TestDesk

beforeEach(async () => {
  desk = await openDesk()
})

afterEach(() => desk.close())

/** Every file of the desk but the key file itself, which is a secret by its nature. */
function artefacts(): { name: string; bytes: Buffer }[] {
  return readdirSync(desk.folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name !== 'vault.key' && statSync(join(desk.folder, name)).isFile())
    .map((name) => ({ name, bytes: readFileSync(join(desk.folder, name)) }))
}

/** The secret as it could lie in a file: as text, as Windows and Active Directory write text, and encoded. */
function forms(secret: string | Buffer): [string, Buffer][] {
  const bytes = Buffer.isBuffer(secret) ? secret : Buffer.from(secret, 'utf8')
  const wide = Buffer.from(bytes.toString('utf8'), 'utf16le')
  const texts: [string, Buffer][] = [
    ['plain', bytes],
    ['UTF-16LE', wide],
    ['hex', Buffer.from(bytes.toString('hex'))],
    ['JSON', Buffer.from(JSON.stringify(bytes.toString('utf8')).slice(1, -1))],
  ]
  // Base64 of a longer text has the secret at one of three offsets; the outer letters depend on its neighbours.
  const encoded = [bytes, wide].flatMap((value) =>
    [0, 1, 2].map((offset): [string, Buffer] => {
      const text = Buffer.concat([Buffer.alloc(offset), value])
        .toString('base64')
        .replace(/=+$/u, '')
      return [`base64 at ${offset}`, Buffer.from(text.slice(offset === 0 ? 0 : offset + 1, -2))]
    }),
  )
  return [...texts, ...encoded].filter(([, form]) => form.length >= 6)
}

function traces(secrets: Readonly<Record<string, string | Buffer>>): string[] {
  const files = artefacts()
  return Object.entries(secrets).flatMap(([name, secret]) =>
    forms(secret).flatMap(([form, bytes]) =>
      files.filter((file) => file.bytes.includes(bytes)).map((file) => `${name} as ${form} in ${file.name}`),
    ),
  )
}

describe('secrets leave no trace in any file of the desk', () => {
  it('after a whole story, with what fails in it', async () => {
    const secrets: Record<string, string | Buffer> = { 'seed password': seedPassword }

    secrets['wrong sign-in password'] = 'Kanarienvogel-Anmeldung-ß1'
    await codeOf(desk.api.session.signIn({ userId: 'sato.misaki', password: 'Kanarienvogel-Anmeldung-ß1' }))
    await signIn(desk)
    secrets['wrong unlock password'] = 'Canary-Unlock-カナリア-2'
    await ok(desk.api.session.lock())
    await codeOf(desk.api.session.unlock({ password: 'Canary-Unlock-カナリア-2' }))
    await ok(desk.api.session.unlock({ password: seedPassword }))

    // Registration: an approver's wrong password, the key, wrong codes, the right code.
    const personId = await personIdOf(desk, 'yamada.hanako')
    const { document, photoMatches, nameMatches } = inPerson
    const start = { personId, label: 'Pixel 9', document, photoMatches, nameMatches }
    secrets['wrong approver password'] = 'Canary-Approver-3'
    const wrongApprover = { ...approver, password: 'Canary-Approver-3' }
    await codeOf(desk.api.registration.startApp({ ...start, approver: wrongApprover }))
    const { enrolmentId, typedKey } = await ok(desk.api.registration.startApp({ ...start, approver }))
    secrets['typed key'] = typedKey
    secrets['typed key without spaces'] = typedKey.replaceAll(' ', '')
    secrets['seed'] = base32(typedKey)
    await codeOf(desk.api.registration.confirm({ enrolmentId, code: wrongCode(typedKey, desk.clock.now()) }))
    const { methods } = await ok(
      desk.api.registration.confirm({ enrolmentId, code: totpCode(typedKey, desk.clock.now()) }),
    )

    // The check: something typed that is no code at all, then a right one.
    const request = await openCase(desk, 'yamada.hanako')
    await wait(desk, 60)
    const methodId = methods[0]?.id ?? ''
    secrets['typed in the code field'] = 'Canary-In-The-Code-Field-4'
    const mistyped = { requestId: request.id, methodId, code: 'Canary-In-The-Code-Field-4' }
    await ok(desk.api.verification.checkCode(mistyped))
    const code = totpCode(typedKey, desk.clock.now())
    await ok(desk.api.verification.checkCode({ requestId: request.id, methodId, code }))

    // A refused write, one that works, and an unknown one; every password that was made is a secret.
    const passwords: string[] = []
    desk.directory.faults.resetPassword = async (write) => {
      await write()
      throw new AppError('directory-refused-policy', {}, { cause: new Error('constraint violation') })
    }
    await codeOf(desk.api.reset.perform({ requestId: request.id }))
    desk.directory.faults = {}
    const outcome = await ok(desk.api.reset.perform({ requestId: request.id }))
    passwords.push(outcome.shown?.password ?? 'missing', ...desk.directory.writes.map(({ password }) => password ?? ''))
    await ok(desk.api.reset.copyPassword({ resetId: outcome.shown?.resetId ?? '' }))

    const other = await openCase(desk, 'ito.kenta')
    const { proofs } = await ok(desk.api.verification.attest({ requestId: other.id, attestation: inPerson, note: '' }))
    const decision = { requestId: other.id, proofId: proofs[0]?.id ?? '', approve: true, reason: '' }
    await codeOf(desk.api.verification.decide({ ...decision, approver: wrongApprover }))
    await ok(desk.api.verification.decide({ ...decision, approver }))
    desk.directory.faults.resetPassword = async (write) => {
      await write()
      return { kind: 'unknown', server: 'sample:0', cause: new Error('timed out') }
    }
    await ok(desk.api.reset.perform({ requestId: other.id }))
    await ok(desk.api.reset.recheck({ requestId: other.id }))
    passwords.push(...desk.directory.writes.map(({ password }) => password ?? ''))
    for (const [index, password] of new Set(passwords).entries()) secrets[`temporary password ${index}`] = password

    await ok(desk.api.session.signOut())

    expect(new Set(passwords).size).toBeGreaterThanOrEqual(3)
    expect(traces(secrets)).toEqual([])
    // The write-ahead logs are folded in at the end: once more on what stays behind.
    await desk.close({ keepFolder: true })
    expect(traces(secrets)).toEqual([])
  })

  it('of what admins type for mailbox and gateway, nor of what mails say', async () => {
    await desk.close()
    const mailbox = await startDovecot()
    const smsDesk = await openSmsDesk()
    desk = smsDesk
    try {
      await signIn(desk)
      await settingsStory(desk, mailbox)
      await intakeStory(desk, mailbox)
      await ok(desk.api.session.signOut())
      const [said, link] = mailSecrets
      const secrets = {
        ...typedSecrets,
        'mailbox password': mailbox.password,
        'gateway key from a file': gatewaySecret,
        'number of a trial': trialNumber.replaceAll('-', '').slice(1),
        'what a mail says': said,
        'link of a mail': link,
        'pasted mail': pastedSecret,
      }
      expect(smsDesk.sink.requests.map(({ headers }) => headers['authorization'])).toContain(
        `Bearer ${typedSecrets['gateway key for a trial']}`,
      )
      expect(traces(secrets)).toEqual([])
      await desk.close({ keepFolder: true })
      expect(traces(secrets)).toEqual([])
    } finally {
      await mailbox.stop()
    }
  })

  it('keeps the codes out of log and audit', async () => {
    await signIn(desk)
    const personId = await personIdOf(desk, 'yamada.hanako')
    const { document, photoMatches, nameMatches } = inPerson
    const start = { personId, label: 'Pixel 9', document, photoMatches, nameMatches, approver }
    const { enrolmentId, typedKey } = await ok(desk.api.registration.startApp(start))
    const codes = [wrongCode(typedKey, desk.clock.now()), totpCode(typedKey, desk.clock.now())]
    for (const code of codes) await codeOf(desk.api.registration.confirm({ enrolmentId, code }))

    // Six digits turn up by chance in times and hashes: only whole words of a text count.
    const text = artefacts()
      .filter(({ name }) => /\.log$|\.db/u.test(name))
      .map(({ bytes }) => bytes.toString('latin1'))
      .join('\n')
    for (const code of codes) expect(text).not.toMatch(new RegExp(`(?<![0-9A-Za-z.:])${code}(?![0-9A-Za-z])`, 'u'))
  })

  it('would notice: the user ID, which may be known, is found', async () => {
    await signIn(desk)
    await openCase(desk, 'ito.kenta')

    const found = traces({ 'user ID': 'ito.kenta', operator: 'sato.misaki' })

    expect(found.some((trace) => trace.startsWith('user ID as plain in desk.db'))).toBe(true)
    expect(found.some((trace) => trace.startsWith('operator as plain in audit.db'))).toBe(true)
  })
})
