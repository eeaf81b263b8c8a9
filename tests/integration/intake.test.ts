import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DirectorySession } from '../../src/main/directory/directory'
import { AppError } from '../../src/shared/errors'
import { startDovecot } from '../support/dovecot'
import type { TestMailbox } from '../support/dovecot'
import { openIntake } from '../support/intake'
import type { IntakeOptions, TestIntake } from '../support/intake'
import { formMail, rawMail } from '../support/raw-mails'

let mailbox: TestMailbox
let folder: string
const opened: TestIntake[] = []

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sspr-intake-'))
  mailbox = await startDovecot()
})

afterEach(async () => {
  for (const test of opened.splice(0)) await test.close()
  await mailbox.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function open(options: Partial<IntakeOptions> = {}): Promise<TestIntake> {
  const test = await openIntake({ folder, access: mailbox, ...options })
  opened.push(test)
  return test
}

const taken = async (test: TestIntake, count: number): Promise<void> =>
  test.until(async () => (await test.mails()).length === count)

/** Result rows of the intake, oldest first. */
async function rows(test: TestIntake): Promise<{ action: string; outcome: string; details: unknown }[]> {
  const { rows: found } = await test.audit.list({ filter: {}, cursor: null, limit: 500 })
  return found.filter(({ phase }) => phase === 'result').toReversed()
}

/** A session whose look-ups fail as long as it is told to. */
function failing(session: DirectorySession, isDown: () => boolean): DirectorySession {
  return new Proxy(session, {
    get: (target, name) => {
      if (name === 'find' && isDown()) return () => Promise.reject(new AppError('directory-unreachable'))
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

describe('IntakeService', () => {
  it('makes a request of a mail that arrives, without anybody asking for it', async () => {
    const test = await open()
    await test.signIn('suzuki.ken')
    test.intake.start()
    await test.until(() => test.reports.at(-1)?.code === 'ok')
    await mailbox.deliver(formMail('yamada.hanako', 'Please help.'))
    await taken(test, 1)

    const [request] = await test.requests()
    expect(request).toMatchObject({
      personUserId: 'yamada.hanako',
      channel: 'mail',
      reason: 'not-said',
      state: 'open',
      createdBy: null,
      repeats: 0,
    })
    const [mail] = await test.mails()
    expect(mail).toMatchObject({
      state: 'request',
      trouble: null,
      template: 'Form (English)',
      named: ['yamada.hanako'],
    })
    expect(test.entered).toEqual([request?.id])
    expect(test.events.map(({ name }) => name)).toEqual(['intake-changed', 'queue-changed'])
    expect(await rows(test)).toMatchObject([
      { action: 'intake.take', outcome: 'succeeded', details: { mails: 1, created: '1', unclear: 0, waiting: 0 } },
    ])
    const [detail] = await test.intake.ofRequest(request?.id ?? '')
    expect(detail?.text).toContain('Please help.')
    expect(await mailbox.flags()).toEqual([''])
  })

  it('lets mails wait while nobody is signed in, and looks them up when somebody is', async () => {
    mailbox.drop([formMail('yamada.hanako'), formMail('ito.kenta@sakura.example'), formMail('yamada.hanako')])
    const test = await open()
    test.intake.start()
    await taken(test, 3)
    expect((await test.mails()).map(({ state }) => state)).toEqual(['waiting', 'waiting', 'waiting'])
    expect(await test.requests()).toEqual([])

    await test.signIn('suzuki.ken')
    expect((await test.mails()).map(({ state }) => state)).toEqual(['request', 'request', 'request'])
    expect((await test.requests()).map(({ personUserId, repeats }) => [personUserId, repeats])).toEqual([
      ['yamada.hanako', 1],
      ['ito.kenta', 0],
    ])
    expect((await rows(test)).at(-1)).toMatchObject({ action: 'intake.match', details: { mails: 3, created: '1 2' } })
  })

  it('matches with an identity of its own while nobody is signed in', async () => {
    mailbox.drop([formMail('yamada.hanako')])
    const test = await open({ identity: 'ito.kenta' })
    test.intake.start()
    await taken(test, 1)
    expect(await test.requests()).toMatchObject([{ personUserId: 'yamada.hanako' }])
  })

  it('tries a refused password of its own identity once, not with every mail', async () => {
    let binds = 0
    const test = await open({
      identity: 'ito.kenta',
      secrets: { 'intake.password': 'wrong' },
      around: (parts) => ({
        ...parts,
        directory: {
          signIn: (userId, password) => {
            binds += 1
            return parts.directory.signIn(userId, password)
          },
        },
      }),
    })
    mailbox.drop(Array.from({ length: 120 }, () => formMail('yamada.hanako')))
    test.intake.start()
    await taken(test, 120)
    expect(binds).toBe(1)
    await test.until(() => test.reports.at(-1)?.code === 'identity-refused')
  })

  it('folds what the same person asks again', async () => {
    const test = await open()
    await test.signIn('suzuki.ken')
    mailbox.drop([formMail('yamada.hanako'), formMail('yamada.hanako'), formMail('Yamada.Hanako@sakura.example')])
    test.intake.start()
    await taken(test, 3)
    expect(await test.requests()).toMatchObject([{ repeats: 2 }])
    expect(test.entered).toHaveLength(1)
  })

  it('says why a person must look: two people, nobody, unknown, ambiguous, not understood, unreadable', async () => {
    const test = await open()
    const acting = await test.signIn('suzuki.ken')
    mailbox.drop([
      formMail('yamada.hanako', 'User ID: ito.kenta\r\n'),
      formMail('', 'I do not know my user ID'),
      formMail('nobody.here'),
      rawMail({ subject: 'Lunch', body: 'See you at noon.' }),
      rawMail({ subject: '', body: '' }),
      formMail('*)(uid=*'),
      formMail('*'),
    ])
    test.intake.start()
    await taken(test, 7)
    const mails = (await test.mails()).toReversed()
    expect(mails.map(({ trouble }) => trouble)).toEqual([
      'several-people',
      'nobody-named',
      'unknown-person',
      'not-understood',
      'unreadable',
      'unknown-person',
      'unknown-person',
    ])
    expect(await test.requests()).toEqual([])
    const detail = await test.intake.get(acting, mails[0]?.id ?? '')
    expect(detail.candidates.map(({ userId }) => userId)).toEqual(['yamada.hanako', 'ito.kenta'])
  })

  it('takes two names of one person for one person', async () => {
    const test = await open()
    const [yamada] = await (await test.signIn('suzuki.ken')).directory.find('yamada.hanako')
    mailbox.drop([formMail('yamada.hanako', `User ID: ${yamada?.mail ?? ''}\r\n`)])
    test.intake.start()
    await taken(test, 1)
    expect(await test.mails()).toMatchObject([{ state: 'request', trouble: null }])
  })

  it('keeps markup as text', async () => {
    const test = await open()
    await test.signIn('suzuki.ken')
    const script = '<script>window.pwned = true</script><img src=x onerror=alert(1)>'
    mailbox.drop([formMail('yamada.hanako', script)])
    test.intake.start()
    await taken(test, 1)
    const [request] = await test.requests()
    const [detail] = await test.intake.ofRequest(request?.id ?? '')
    expect(detail?.text).toContain(script)
  })

  it('goes on behind mails that are broken or huge', async () => {
    const test = await open()
    await test.signIn('suzuki.ken')
    const big = Buffer.concat([formMail('ito.kenta'), Buffer.alloc(20 * 1024 * 1024, 'QUJDRA==\r\n')])
    mailbox.drop([
      big,
      Buffer.from(
        'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b',
      ),
      Buffer.alloc(3000, 0),
      Buffer.from(`Subject: ${'x'.repeat(300_000)}\r\n\r\nUser ID: yamada.hanako`),
      formMail('yamada.hanako'),
    ])
    test.intake.start()
    await taken(test, 5)
    expect((await test.requests()).map(({ personUserId }) => personUserId)).toEqual(['ito.kenta', 'yamada.hanako'])
  })

  it('comes back when the mail server does, and takes what came meanwhile', async () => {
    const test = await open()
    await test.signIn('suzuki.ken')
    test.intake.start()
    await test.until(() => test.reports.at(-1)?.code === 'ok')
    await mailbox.kill()
    await test.until(() => test.reports.at(-1)?.code === 'unreachable')
    mailbox.drop([formMail('yamada.hanako')])
    await mailbox.restart()
    await taken(test, 1)
    expect(test.reports.at(-1)).toMatchObject({ state: 'ok' })
  })

  it.each([
    ['refused', { secrets: { 'mailbox.password': 'wrong' } }],
    ['secret-missing', { secrets: { 'mailbox.password': null } }],
  ] as const)('says %s on the health line, and loses nothing', async (code, options) => {
    mailbox.drop([formMail('yamada.hanako')])
    const test = await open(options)
    test.intake.start()
    await test.until(() => test.reports.at(-1)?.code === code)
    expect(test.reports.at(-1)).toMatchObject({ state: 'down' })
    expect(await test.stores.mails.cursor(`${mailbox.userName}@${mailbox.host}:${mailbox.port}/INBOX`)).toBeNull()
    await test.close()
    opened.splice(0)
    const again = await open()
    again.intake.start()
    await taken(again, 1)
  })

  it('lets mails wait while the directory is down, and matches them when it is up', async () => {
    const test = await open()
    const acting = await test.signIn('suzuki.ken')
    await test.close()
    opened.splice(0)
    let down = true
    const again = await open({
      around: (parts) => ({
        ...parts,
        present: () => ({ ...acting, directory: failing(acting.directory, () => down) }),
      }),
    })
    mailbox.drop([formMail('yamada.hanako'), formMail('ito.kenta')])
    again.intake.start()
    await taken(again, 2)
    expect((await again.mails()).map(({ state }) => state)).toEqual(['waiting', 'waiting'])
    down = false
    await again.intake.onSessionBegin()
    expect(await again.requests()).toHaveLength(2)
  })

  it.each(['store', 'audit'] as const)(
    'pauses while the %s fails in the middle, and takes every mail afterwards',
    async (what) => {
      let calls = 0
      const broken = (): boolean => {
        calls += 1
        return calls === 2 || calls === 3
      }
      const test = await open({
        around: (parts) => ({
          ...parts,
          mails: new Proxy(parts.mails, {
            get: (target, name) => {
              const value: unknown = Reflect.get(target, name)
              if (typeof value !== 'function') return value
              const call = value.bind(target) as (...args: unknown[]) => unknown
              if (name !== 'take' || what !== 'store') return call
              return (...args: unknown[]) => {
                if (Array.isArray(args[2]) && args[2].length > 0 && broken())
                  throw new Error('database or disk is full')
                return call(...args)
              }
            },
          }),
          audit: {
            ...parts.audit,
            closed: false,
            append: (...args) => parts.audit.append(...args),
            reopen: () => parts.audit.reopen(),
            record: (event, work) => {
              if (what === 'audit' && broken()) throw new AppError('audit-unavailable')
              return parts.audit.record(event, work)
            },
          },
        }),
      })
      await test.signIn('suzuki.ken')
      mailbox.drop(Array.from({ length: 450 }, () => formMail('yamada.hanako')))
      test.intake.start()
      await test.until(() => test.reports.some(({ code }) => code === (what === 'store' ? 'failing' : 'desk-closed')))
      await taken(test, 450)
      expect(await test.requests()).toMatchObject([{ repeats: 449 }])
      expect(new Set((await test.mails()).map(({ id }) => id)).size).toBe(450)
    },
  )

  it('knows its mails again in a mailbox with new UIDs, and takes the new ones', async () => {
    const test = await open()
    await test.signIn('suzuki.ken')
    mailbox.drop([formMail('yamada.hanako'), formMail('ito.kenta')])
    test.intake.start()
    await taken(test, 2)
    await mailbox.changeUidValidity()
    mailbox.drop([formMail('ogawa.yuto')])
    await taken(test, 3)
    expect((await test.requests()).map(({ personUserId, repeats }) => [personUserId, repeats])).toEqual([
      ['yamada.hanako', 0],
      ['ito.kenta', 0],
      ['ogawa.yuto', 0],
    ])
  })

  it('keeps its place in the mailbox when the desk is opened again', async () => {
    mailbox.drop([formMail('yamada.hanako')])
    const test = await open()
    test.intake.start()
    await taken(test, 1)
    await test.close()
    opened.splice(0)
    mailbox.drop([formMail('ito.kenta')])
    const again = await open()
    again.intake.start()
    await taken(again, 2)
    expect((await again.mails()).map(({ named }) => named[0])).toEqual(['ito.kenta', 'yamada.hanako'])
  })

  it('writes no text of a mail into the audit, and none into the store in clear', async () => {
    const secret = 'my-old-password-was-Tulip77'
    const test = await open()
    await test.signIn('suzuki.ken')
    mailbox.drop([formMail('yamada.hanako', secret)])
    test.intake.start()
    await taken(test, 1)
    expect(JSON.stringify(await rows(test))).not.toContain(secret)
    const [request] = await test.requests()
    const [stored] = await test.stores.mails.ofRequest(request?.id ?? '', 1)
    expect(Buffer.from(stored?.text ?? []).toString('latin1')).not.toContain(secret)
  })
})

describe('IntakeService.match', () => {
  async function unclear(...raws: Buffer[]): Promise<TestIntake> {
    const test = await open()
    mailbox.drop(raws)
    test.intake.start()
    await taken(test, raws.length)
    await test.intake.stop()
    return test
  }

  const personOf = async (test: TestIntake, userId: string): Promise<string> => {
    const acting = await test.signIn('suzuki.ken')
    const [person] = await acting.directory.find(userId)
    return person?.id ?? ''
  }

  it('makes a request of a mail by hand, once', async () => {
    const test = await unclear(formMail('nobody.here'))
    const personId = await personOf(test, 'yamada.hanako')
    const acting = await test.signIn('suzuki.ken')
    const [mail] = await test.mails()
    const request = await test.intake.match(acting, mail?.id ?? '', personId)
    expect(request).toMatchObject({ personUserId: 'yamada.hanako', createdBy: { id: acting.operator.id } })
    await expect(test.intake.match(acting, mail?.id ?? '', personId)).rejects.toMatchObject({ code: 'mail-settled' })
    expect((await rows(test)).map(({ action, outcome }) => [action, outcome]).slice(-2)).toEqual([
      ['intake.match', 'succeeded'],
      ['intake.match', 'mail-settled'],
    ])
    expect(await test.requests()).toHaveLength(1)
  })

  it('lets nobody match a mail to themselves, and only agents match', async () => {
    const test = await unclear(formMail('nobody.here'))
    const [mail] = await test.mails()
    const id = mail?.id ?? ''
    const suzuki = await personOf(test, 'suzuki.ken')
    await expect(test.intake.match(await test.signIn('suzuki.ken'), id, suzuki)).rejects.toMatchObject({
      code: 'self-action',
    })
    const auditor = await test.signIn('watanabe.aya')
    await expect(test.intake.match(auditor, id, suzuki)).rejects.toMatchObject({ code: 'role-required' })
    await expect(test.intake.dismiss(auditor, id, 'spam')).rejects.toMatchObject({ code: 'role-required' })
    expect((await test.mails()).map(({ state }) => state)).toEqual(['unclear'])
  })

  it('dismisses a mail with a reason, and keeps it', async () => {
    const test = await unclear(rawMail({ subject: 'Lunch', body: 'noon?' }))
    const [mail] = await test.mails()
    const acting = await test.signIn('suzuki.ken')
    await expect(test.intake.dismiss(acting, mail?.id ?? '', '')).rejects.toMatchObject({ code: 'reason-required' })
    expect(await test.intake.dismiss(acting, mail?.id ?? '', 'no request')).toMatchObject({ state: 'dismissed' })
    expect((await test.intake.get(acting, mail?.id ?? '')).text).toBe('noon?')
  })
})

describe('IntakeService.saveTemplates', () => {
  it('is for admins, audited by names and number, and counts from the next mail on', async () => {
    const test = await open()
    const ready = await test.intake.templates()
    const [form] = ready.filter(({ name }) => name === 'Form (English)')
    if (form === undefined) throw new Error('no form')
    const mine = { ...form, name: 'Mine', userPatterns: ['Account of {user} is stuck'] }
    const agent = await test.signIn('suzuki.ken')
    await expect(test.intake.saveTemplates(agent, [mine])).rejects.toMatchObject({ code: 'role-required' })
    const admin = await test.signIn('tanaka.hiroshi')
    const wrong = { ...mine, userPatterns: ['{user}'] }
    await expect(test.intake.saveTemplates(admin, [wrong])).rejects.toMatchObject({ code: 'template-invalid' })
    expect(await test.intake.templates()).toEqual(ready)

    expect(await test.intake.saveTemplates(admin, [mine])).toEqual([mine])
    expect((await rows(test)).at(-1)).toMatchObject({
      action: 'intake.templates',
      outcome: 'succeeded',
      details: { templates: 1, names: 'Mine' },
    })
    mailbox.drop([rawMail({ subject: 'x', body: 'Account of yamada.hanako is stuck' }), formMail('ito.kenta')])
    test.intake.start()
    await taken(test, 2)
    expect((await test.mails()).toReversed().map(({ template, trouble }) => [template, trouble])).toEqual([
      ['Mine', null],
      ['Mine', 'nobody-named'],
    ])
  })

  it('reads mails again that nobody has understood, and no others', async () => {
    const test = await open()
    const [form] = await test.intake.readyTemplates()
    if (form === undefined) throw new Error('no template')
    mailbox.drop([
      rawMail({ subject: 'x', body: 'Account of yamada.hanako is stuck' }),
      rawMail({ subject: 'x', body: 'Account of nobody.known is stuck' }),
      rawMail({ subject: 'x', body: 'lunch?' }),
    ])
    test.intake.start()
    await taken(test, 3)
    expect(await test.requests()).toEqual([])

    const admin = await test.signIn('tanaka.hiroshi')
    const mine = { ...form, marks: [], marksNeeded: 0, userPatterns: ['Account of {user} is stuck'] }
    await test.intake.saveTemplates(admin, [mine])

    expect((await test.mails()).toReversed().map(({ state, trouble }) => [state, trouble])).toEqual([
      ['request', null],
      ['unclear', 'unknown-person'],
      ['unclear', 'not-understood'],
    ])
    expect((await test.requests()).map(({ personUserId, createdBy }) => [personUserId, createdBy])).toEqual([
      ['yamada.hanako', null],
    ])
  })
})

describe('IntakeService.tryTemplates', () => {
  it('reads a raw mail and a pasted text alike, and stores nothing', async () => {
    const test = await open()
    const templates = await test.intake.templates()
    const raw = formMail('yamada.hanako').toString()
    expect(await test.intake.tryTemplates(raw, templates)).toMatchObject({
      from: 'form@sakura.example',
      template: 'Form (English)',
      named: ['yamada.hanako'],
      trouble: null,
    })
    const pasted = 'パスワードを忘れました。\nユーザー ID：yamada.hanako'
    expect(await test.intake.tryTemplates(pasted, templates)).toMatchObject({
      from: '',
      text: pasted,
      template: 'フォーム（日本語）',
      named: ['yamada.hanako'],
    })
    expect(await test.intake.tryTemplates('', templates)).toMatchObject({ trouble: 'unreadable', template: null })
    expect(await test.mails()).toEqual([])
  })
})
