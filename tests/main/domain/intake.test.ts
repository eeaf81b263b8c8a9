import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { claimIn, compileTemplates, readMail, usableTemplates } from '../../../src/main/domain/intake'
import type { MailReading, ReadableMail } from '../../../src/main/domain/intake'
import { readyTemplates } from '../../../src/main/domain/intake-templates'
import type { AppError } from '../../../src/shared/errors'
import { intakeTemplate } from '../../../src/shared/model/intake'
import type { IntakeTemplate } from '../../../src/shared/model/intake'

function template(changes: Partial<IntakeTemplate> = {}): IntakeTemplate {
  return {
    id: '11111111-1111-4111-8111-111111111111',
    name: 'Form',
    enabled: true,
    language: 'en',
    senders: [],
    marks: [],
    marksNeeded: 0,
    userPatterns: ['User ID: {user}'],
    reason: 'forgot',
    ...changes,
  }
}

const other = { id: '22222222-2222-4222-8222-222222222222', name: 'Other' }

function read(text: string, changes: Partial<IntakeTemplate> = {}, mail: Partial<ReadableMail> = {}): MailReading {
  return readMail({ address: 'a@b.example', subject: '', text, ...mail }, compileTemplates([template(changes)]))
}

const named = (text: string, ...userPatterns: string[]): readonly string[] =>
  read(text, userPatterns.length === 0 ? {} : { userPatterns }).named

describe('readMail', () => {
  it('finds the name behind its label, whatever the width, case and blanks', () => {
    for (const text of [
      'User ID: yamada.hanako',
      'user id :yamada.hanako',
      'ＵＳＥＲ　ＩＤ：ｙａｍａｄａ．ｈａｎａｋｏ',
      'Dear desk,\nUser\tID:   yamada.hanako, please',
      'User ID: <yamada.hanako>',
      'User ID: “yamada.hanako”.',
      'User ID: SAKURA\\yamada.hanako',
      'User ID: yama\u200Bda.hanako',
    ])
      expect(named(text), text).toEqual(['yamada.hanako'])
    expect(named('ユーザー ID：yamada.hanako', 'ﾕｰｻﾞｰID: {user}')).toEqual(['yamada.hanako'])
  })

  it('takes a mail address or UPN as it is, and drops the user ID beside it', () => {
    expect(named('User ID: hanako+x@sakura.example')).toEqual(['hanako+x@sakura.example'])
    expect(named('User ID: hanako\nUser ID: Hanako@sakura.example')).toEqual(['Hanako@sakura.example'])
    expect(named('User ID: hanako@a.example\nUser ID: hanako@b.example')).toHaveLength(2)
  })

  it('finds a name before and between words, and across anything', () => {
    expect(named('yamada.hanako has requested a reset', '{user} has requested')).toEqual(['yamada.hanako'])
    expect(named('The user yamada.hanako has requested', 'user {user} has requested')).toEqual(['yamada.hanako'])
    expect(named('「yamada.hanako」 has requested', '{user} has requested')).toEqual(['yamada.hanako'])
    expect(named('yamada.hanakoさんの依頼', '{user}さん')).toEqual(['yamada.hanako'])
    expect(named('Ticket 12 from web for yamada.hanako', 'Ticket {any} for {user}')).toEqual(['yamada.hanako'])
    expect(named('Ticket 12 from web\nfor yamada.hanako', 'Ticket {any} for {user}')).toEqual([])
  })

  it('finds a name alone below its label, and nothing else there', () => {
    expect(
      named('for their account:\n\n - yamada@sakura.example\n - First name: Hanako', 'for their account: {user}'),
    ).toEqual(['yamada@sakura.example'])
    expect(named('User ID:\nPhone: 03-1234-5678')).toEqual([])
    expect(named('User ID:\nI forgot my password')).toEqual([])
    expect(named('User ID:\n\n\n\n\nyamada')).toEqual([])
  })

  it('keeps each name once, ten at most', () => {
    expect(named('User ID: a1\nUser ID: A1\nUser ID: a1')).toEqual(['a1'])
    const many = Array.from({ length: 30 }, (_none, index) => `User ID: user${index}`).join('\n')
    expect(named(many)).toHaveLength(10)
  })

  it('says that two people are named, that nobody is, and that nothing fits', () => {
    expect(read('User ID: yamada\nUser ID: sato').trouble).toBe('several-people')
    const marks = { marks: ['password'], marksNeeded: 1 }
    expect(read('my password is gone', marks)).toMatchObject({ trouble: 'nobody-named', named: [] })
    expect(read('hello', marks)).toMatchObject({ trouble: 'not-understood', template: null })
    expect(read('hello')).toMatchObject({ trouble: 'not-understood', template: null })
  })

  it('leaves filter characters in the name as they are', () => {
    expect(named('User ID: *')).toEqual(['*'])
    expect(named('User ID: a*)(uid=*')).toEqual(['a*'])
  })

  it('asks for the exact address, or the exact domain', () => {
    const from = (address: string, ...senders: string[]): boolean | undefined =>
      read('User ID: x', { senders }, { address }).readings[0]?.fits
    expect(from('Desk@Example.com', 'desk@example.com')).toBe(true)
    expect(from('other@example.com', 'desk@example.com')).toBe(false)
    expect(from('any@example.com', '@example.com')).toBe(true)
    expect(from('any@mail.example.com', '@example.com')).toBe(false)
    expect(from('any@evilexample.com', '@example.com')).toBe(false)
    expect(from('any@example.com.evil.test', '@example.com')).toBe(false)
    expect(from('', '@example.com')).toBe(false)
  })

  it('counts marks of subject and body, across line breaks and widths', () => {
    const changes = { marks: ['requested a password reset', 'ﾊﾟｽﾜｰﾄﾞ', 'absent'], marksNeeded: 2 }
    const reading = read('has requested a\npassword   reset\nUser ID: x', changes, { subject: 'パスワードの件' })
    expect(reading.readings[0]).toMatchObject({ marksFound: ['requested a password reset', 'ﾊﾟｽﾜｰﾄﾞ'], fits: true })
    expect(read('requested a password reset', changes).readings[0]?.fits).toBe(false)
  })

  it('takes the first enabled template that fits and names somebody', () => {
    const templates = [
      template({ marks: ['password'], marksNeeded: 1, userPatterns: ['Name: {user}'] }),
      template({ ...other, enabled: false }),
      template({ id: '33333333-3333-4333-8333-333333333333', name: 'Third' }),
    ]
    const mail = { address: '', subject: 'password', text: 'User ID: x' }
    const reading = readMail(mail, compileTemplates(templates))
    expect(reading.template?.name).toBe('Third')
    expect(reading.readings.map(({ fits }) => fits)).toEqual([true, true, true])
    expect(claimIn(mail, compileTemplates(templates)).template?.name).toBe('Third')
    expect(claimIn({ ...mail, text: '' }, compileTemplates(templates))).toEqual({
      template: templates[0],
      trouble: 'nobody-named',
      named: [],
    })
  })

  it('never throws, and reads every character but a few times', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom('User ID:', 'user', ' ', '\n', ':', '{user}', 'さん', 'İ', '\u202E', '\ufdfa', 'ﾊﾟ', '\ud83d'),
    )
    const text = fc.array(piece, { maxLength: 200 }).map((pieces) => pieces.join(''))
    const pattern = fc
      .array(fc.oneof(fc.constantFrom('{any}', 'user', 'ID:', ' ', 'a', 'さん'), fc.string({ maxLength: 5 })), {
        maxLength: 6,
      })
      .chain((pieces) =>
        fc.nat({ max: pieces.length }).map((at) => [...pieces.slice(0, at), '{user}', ...pieces.slice(at)].join('')),
      )
    fc.assert(
      fc.property(text, text, fc.array(pattern, { maxLength: 5 }), (body, subject, userPatterns) => {
        const compiled = usableTemplates([template({ userPatterns, marks: ['a'], marksNeeded: 0 })])
        const mail = { address: 'x', subject, text: body }
        const { readings: _readings, ...reading } = readMail(mail, compiled)
        expect(claimIn(mail, compiled)).toEqual(reading)
        for (const name of reading.named) {
          expect(name.length).toBeLessThanOrEqual(256)
          expect(name).not.toMatch(/[\s\p{Cc}\p{Cf}<>()]/u)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('comes to an end on the worst texts for fifty templates of twenty patterns each', () => {
    const userPatterns = Array.from({ length: 20 }, (_none, index) =>
      index % 2 === 0 ? `a{any}a{any}a {user} b` : `{user}aa{any}ba`,
    )
    const templates = Array.from({ length: 50 }, (_none, index) =>
      template({ id: `11111111-1111-4111-8111-${String(index).padStart(12, '0')}`, name: `t${index}`, userPatterns }),
    )
    const compiled = compileTemplates(templates)
    for (const text of [
      'a'.repeat(10_000),
      'a '.repeat(5000),
      'aa<'.repeat(3000),
      'ﷺ'.repeat(10_000),
      'a\n'.repeat(5000),
    ])
      expect(readMail({ address: '', subject: text.slice(0, 320), text }, compiled).readings).toHaveLength(50)
  })
})

describe('compileTemplates', () => {
  const problem = (...templates: IntakeTemplate[]): unknown => {
    try {
      compileTemplates(templates)
      return null
    } catch (error) {
      const { code, params } = error as AppError
      return code === 'template-invalid' ? params['problem'] : code
    }
  }

  it.each([
    ['no-user-pattern', { userPatterns: [] }],
    ['user-missing', { userPatterns: ['User ID:'] }],
    ['user-twice', { userPatterns: ['ab {user} {user}'] }],
    ['unknown-placeholder', { userPatterns: ['User {name}: {user}'] }],
    ['any-beside-user', { userPatterns: ['User {any}{user}'] }],
    ['any-beside-user', { userPatterns: ['User {user} {any} end'] }],
    ['pattern-too-wide', { userPatterns: ['{user}'] }],
    ['pattern-too-wide', { userPatterns: [': {user}'] }],
    ['too-few-marks', { marks: ['a'], marksNeeded: 2 }],
    ['mark-empty', { marks: ['\u200B'] }],
    ['sender-invalid', { senders: ['example.com'] }],
    ['sender-invalid', { senders: ['a@b@example.com'] }],
    ['sender-invalid', { senders: ['Desk <desk@example.com>'] }],
  ] satisfies [string, Partial<IntakeTemplate>][])('refuses %s', (wanted, changes) => {
    expect(problem(template(changes))).toBe(wanted)
    expect(usableTemplates([template(changes), template(other)]).map((usable) => usable.template.name)).toEqual([
      'Other',
    ])
  })

  it('refuses two of one name or one id', () => {
    expect(problem(template(), template({ ...other, name: 'ｆｏｒｍ' }))).toBe('name-taken')
    expect(problem(template(), template({ name: 'Other' }))).toBe('id-taken')
    expect(problem(template(), template(other))).toBeNull()
  })
})

describe('readyTemplates', () => {
  const compiled = compileTemplates(readyTemplates)
  const take = (subject: string, text: string): MailReading =>
    readMail({ address: 'msonlineservicesteam@microsoftonline.com', subject, text }, compiled)

  it('are what the contract takes', () => {
    for (const ready of readyTemplates) expect(intakeTemplate.parse(ready)).toEqual(ready)
  })

  it('understand a mail of Microsoft, forwarded or not, in English and Japanese', () => {
    const english = `Request to reset user's password
The following user in your organization has requested a password reset be performed for their account:

 • yamada.hanako@sakura.example
 • First Name: Hanako
 • Last Name: Yamada

Please contact this end user to validate this request is authentic before continuing.`
    for (const text of [english, `FYI\n\n-- forwarded --\n${english.replaceAll(/^/gmu, '> ')}`])
      expect(take("FW: Request to reset user's password", text)).toMatchObject({
        template: { language: 'en' },
        named: ['yamada.hanako@sakura.example'],
        trouble: null,
      })

    const japanese = `組織内の次のユーザーが、アカウントのパスワード リセットを要求しています。

・yamada.hanako@sakura.example
・名: 花子

続行する前に、このエンド ユーザーに連絡して、要求が本物であることを確認してください。`
    expect(take('ユーザーのパスワードのリセット要求', japanese)).toMatchObject({
      template: { language: 'ja' },
      named: ['yamada.hanako@sakura.example'],
      trouble: null,
    })
  })

  it('understand the plain form in English and Japanese', () => {
    expect(take('Password', 'User ID: yamada.hanako\nI forgot my password.')).toMatchObject({
      named: ['yamada.hanako'],
      template: { name: 'Form (English)' },
    })
    expect(take('パスワードの件', 'ユーザー ID：yamada.hanako\n部署：経理部')).toMatchObject({
      named: ['yamada.hanako'],
      template: { name: 'フォーム（日本語）' },
    })
  })

  it('do not take a newsletter for a request', () => {
    expect(take('Our offers', 'Buy one, get one free. Unsubscribe here.')).toMatchObject({ template: null })
  })
})
