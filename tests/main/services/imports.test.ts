import { mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  auditRows,
  codeOf,
  enrol,
  ok,
  openDesk,
  personIdOf,
  seedPassword,
  signIn,
  switchTo,
  wait,
} from '../../support/desk'
import type { TestDesk } from '../../support/desk'
import { messages } from '../../../src/shared/i18n'
import { destinationSecret } from '../../../src/main/domain/registration-secrets'
import { importHeader, putImportFile, tryImport } from '../../support/import-desk'
import { otherHand } from '../../support/person-data'
import { aMethod } from '../../support/stores'

let desk: TestDesk

beforeEach(async () => {
  desk = await openDesk()
  await signIn(desk, 'tanaka.hiroshi')
})

afterEach(() => desk.close())

const methodsOf = async (userId: string) =>
  (await ok(desk.api.registration.list({ personId: await personIdOf(desk, userId) }))).methods

describe('ImportsService.choose', () => {
  it('says what the file would do, and writes nothing', async () => {
    const preview = await tryImport(desk, [
      'yamada.hanako,mobile,090-1234-5678,,私用携帯',
      'YAMADA.hanako,office,03-1234-5678,4021,',
      'ito.kenta,mail,kenta@example.jp,,',
      'ito.kenta,alternative,+81 80-1111-2222,,',
    ])

    expect(preview).toMatchObject({ file: 'people.csv', rows: 4, good: 4, people: 2, bad: [], badRows: 0 })
    expect(preview.types).toEqual([
      { type: 'mobile', count: 1 },
      { type: 'office', count: 1 },
      { type: 'mail', count: 1 },
      { type: 'alternative', count: 1 },
    ])
    expect(await methodsOf('yamada.hanako')).toEqual([])
    expect(await ok(desk.api.imports.progress())).toBeNull()
  })

  it('names every bad row by line, column and problem, and repeats no value', async () => {
    await enrol(await agentDesk(), 'yamada.hanako')
    await switchTo(desk, 'tanaka.hiroshi')
    const preview = await tryImport(desk, [
      'nobody.here,mobile,090-1234-5678,,',
      ',mobile,090-1234-5678,,',
      'yamada.hanako,fax,090-1234-5678,,',
      'yamada.hanako,app,090-1234-5678,,',
      'yamada.hanako,mobile,12,,',
      'yamada.hanako,mail,not an address,,',
      'yamada.hanako,mobile,090-1234-5678,4021,',
      'yamada.hanako,office,03-1234-5678,4*21,',
      `yamada.hanako,mobile,090-1234-5678,,${'名'.repeat(41)}`,
      'yamada.hanako,mobile',
      'tanaka.hiroshi,mobile,090-1234-5678,,',
      'yamada.hanako,mobile,090-1234-5678,,',
      'yamada.hanako,alternative,+81 90 1234 5678,,',
    ])

    expect(preview.bad.map(({ line, column, problem }) => [line, column, problem])).toEqual([
      [2, 'userId', 'user-unknown'],
      [3, 'userId', 'user-missing'],
      [4, 'type', 'type-unknown'],
      [5, 'type', 'type-not-imported'],
      [6, 'value', 'number-invalid'],
      [7, 'value', 'address-invalid'],
      [8, 'extension', 'extension-invalid'],
      [9, 'extension', 'extension-invalid'],
      [10, 'label', 'label-too-long'],
      [11, 'value', 'too-few-columns'],
      [12, 'userId', 'own-account'],
      [14, 'value', 'repeated-row'],
    ])
    expect(preview).toMatchObject({ rows: 13, good: 1, badRows: 12 })
    expect(JSON.stringify(preview)).not.toMatch(/1234|address"|4\*21/u)
  })

  it('takes the columns in any order and case, and refuses a file without one of them', async () => {
    putImportFile(desk, 'Label, VALUE ,type,UserID,note\r\n携帯,090-1234-5678,Mobile,yamada.hanako,x\r\n')
    expect(await ok(desk.api.imports.choose())).toMatchObject({ good: 1, badRows: 0 })

    putImportFile(desk, 'userId,type,label\r\nyamada.hanako,mobile,x\r\n')
    expect(await ok(desk.api.imports.choose())).toMatchObject({
      good: 0,
      bad: [{ line: 1, column: 'value', problem: 'columns-missing' }],
    })
  })

  it('reads what a Japanese Excel writes', async () => {
    const row = Buffer.from('yamada.hanako,mobile,09012345678,,')
    // 携帯 in CP932.
    const label = Buffer.of(0x8c, 0x67, 0x91, 0xd1)
    const preview = async (content: Uint8Array) => {
      putImportFile(desk, content)
      return ok(desk.api.imports.choose())
    }
    const chosen = await preview(Buffer.concat([Buffer.from(`${importHeader}\r\n`), row, label, Buffer.from('\r\n')]))
    expect(chosen).toMatchObject({ good: 1 })
    await ok(desk.api.imports.apply({ importId: chosen?.importId ?? '' }))
    expect((await methodsOf('yamada.hanako')).map(({ label: name }) => name)).toEqual(['携帯'])
  })

  it('takes formulas for text that they are', async () => {
    const preview = await tryImport(desk, [
      `yamada.hanako,mobile,"=HYPERLINK(""http://x"",""090-1234-5678"")",,`,
      `"=cmd|' /C calc'!A0",mobile,090-1234-5678,,`,
      `yamada.hanako,mobile,'+819012345678,,`,
    ])
    expect(preview.bad.map(({ line, problem }) => [line, problem])).toEqual([
      [2, 'number-invalid'],
      [3, 'user-unknown'],
    ])
    expect(preview.good).toBe(1)
  })

  it('refuses more of a type than a person may have', async () => {
    const preview = await tryImport(
      desk,
      Array.from({ length: 7 }, (_row, index) => `yamada.hanako,mobile,090-1234-567${index},,`),
    )
    expect(preview).toMatchObject({ good: 5 })
    expect(preview.bad.map(({ line, problem }) => [line, problem])).toEqual([
      [7, 'limit'],
      [8, 'limit'],
    ])
  })

  it('refuses files that are none, and more rows than it takes', async () => {
    const refusal = async () => desk.api.imports.choose()
    putImportFile(desk, Buffer.of(0x50, 0x4b, 3, 4, 0, 0, 0xff))
    expect(await refusal()).toMatchObject({ code: 'import-file-invalid', params: { reason: 'encoding' } })
    putImportFile(desk, '')
    expect(await refusal()).toMatchObject({ code: 'import-file-invalid', params: { reason: 'empty' } })
    putImportFile(desk, `${importHeader}\r\nyamada.hanako,mobile,"090`)
    expect(await refusal()).toMatchObject({ code: 'import-file-invalid', params: { reason: 'not-csv', line: 2 } })
    putImportFile(desk, `${importHeader}\n${',,,,\n'.repeat(50_001)}`)
    expect(await refusal()).toMatchObject({ code: 'import-file-invalid', params: { reason: 'too-many-rows' } })
    desk.desktop.openPath = join(desk.folder, 'gone.csv')
    expect(await refusal()).toMatchObject({ code: 'file-unreadable', params: { file: 'gone.csv' } })
    mkdirSync(join(desk.folder, 'folder.csv'))
    desk.desktop.openPath = join(desk.folder, 'folder.csv')
    expect(await refusal()).toMatchObject({ code: 'file-unreadable' })
    desk.desktop.openPath = null
    expect(await ok(desk.api.imports.choose())).toBeNull()
  })

  it('is for administrators only', async () => {
    await switchTo(desk, 'sato.misaki')
    putImportFile(desk, importHeader)
    expect(await codeOf(desk.api.imports.choose())).toBe('role-required')
    expect(await codeOf(desk.api.imports.saveTemplate())).toBe('role-required')
    expect(await codeOf(desk.api.imports.progress())).toBe('role-required')
  })
})

describe('ImportsService.apply', () => {
  it('registers every good row, unconfirmed: nothing of it counts', async () => {
    const { importId } = await tryImport(desk, [
      'yamada.hanako,mobile,090-1234-5678,,私用携帯',
      'yamada.hanako,alternative,090-8765-4321,,私用携帯',
      'yamada.hanako,mail,hanako@example.jp,,',
      'nobody.here,mobile,090-1234-5678,,',
    ])

    expect(await ok(desk.api.imports.apply({ importId }))).toEqual({ added: 3, people: 1, skipped: 0 })

    const summary = await ok(desk.api.registration.list({ personId: await personIdOf(desk, 'yamada.hanako') }))
    expect(summary).toMatchObject({ counting: 0, ready: false })
    const shown = summary.methods.map(({ type, label, masked, confirmedAt, isDefault }) => [
      ...[type, label, masked, confirmedAt, isDefault],
    ])
    expect(shown.toSorted()).toEqual([
      ['alternative', '私用携帯 2', '••••4321', null, false],
      ['mail', 'mail', 'h…o@e…e.jp', null, false],
      ['mobile', '私用携帯', '••••5678', null, false],
    ])
    expect(desk.events.some(({ name }) => name === 'import-changed')).toBe(true)
    expect(await codeOf(desk.api.imports.apply({ importId }))).toBe('import-not-found')
  })

  it('brings no row twice, whoever was first', async () => {
    const rows = ['yamada.hanako,mobile,090-1234-5678,,', 'ito.kenta,mobile,090-1111-2222,,']
    const first = await tryImport(desk, rows)
    await ok(desk.api.imports.apply({ importId: first.importId }))

    const again = await tryImport(desk, rows)

    expect(again).toMatchObject({ good: 0, badRows: 2 })
    expect(again.bad.map(({ problem }) => problem)).toEqual(['already-registered', 'already-registered'])
    expect(await ok(desk.api.imports.apply({ importId: again.importId }))).toEqual({ added: 0, people: 0, skipped: 0 })
  })

  it('skips what another desk registered after the check', async () => {
    const rows = ['yamada.hanako,mobile,090-1234-5678,,', 'ito.kenta,mobile,090-1111-2222,,']
    const { importId } = await tryImport(desk, rows)
    const { stores, people } = await otherHand(desk)
    const method = aMethod({ personId: await personIdOf(desk, 'yamada.hanako'), type: 'mobile', kind: 'phone' })
    const number = destinationSecret({ to: '+819012345678', extension: '' })
    await stores.methods.add({ ...method, secret: await people.sealSecret(method, number) })
    await stores.close()

    expect(await ok(desk.api.imports.apply({ importId }))).toEqual({ added: 1, people: 1, skipped: 1 })
    expect(await methodsOf('yamada.hanako')).toHaveLength(1)
  })

  it.each([
    ['discarding it', async (importId: string) => void (await ok(desk.api.imports.discard({ importId })))],
    [
      'the lock',
      async () => {
        await ok(desk.api.session.lock())
        await ok(desk.api.session.unlock({ password: seedPassword }))
      },
    ],
    ['half an hour', () => wait(desk, 30 * 60)],
  ])('ends with %s', async (_name, pass) => {
    const { importId } = await tryImport(desk, ['yamada.hanako,mobile,090-1234-5678,,'])
    await pass(importId)

    expect(await codeOf(desk.api.imports.apply({ importId }))).toBe('import-not-found')
    expect(await methodsOf('yamada.hanako')).toEqual([])
  })

  it('leaves a row of each dry run, which says what is registered already', async () => {
    const lines = ['yamada.hanako,mobile,090-1234-5678,,']
    const { importId } = await tryImport(desk, lines)
    await ok(desk.api.imports.apply({ importId }))
    await tryImport(desk, ['yamada.hanako,mobile,090-1234-5677,,', ...lines])

    const rows = (await auditRows(desk)).filter(({ action }) => action === 'registration.import-check')
    expect(rows.map(({ outcome }) => outcome)).toEqual(['started', 'succeeded', 'started', 'succeeded'])
    expect(rows[3]?.details).toEqual({ file: 'people.csv', rows: 1, badRows: 1, skipped: 1 })
  })

  it('keeps numbers and addresses out of audit, log and files', async () => {
    const { importId } = await tryImport(desk, [
      'yamada.hanako,mobile,090-1234-5678,,',
      'yamada.hanako,mail,hanako.secret@example.jp,,',
      'nobody.here,mobile,090-7777-8888,,',
    ])
    await ok(desk.api.imports.apply({ importId }))

    const rows = (await auditRows(desk)).filter(({ action }) => action === 'registration.import')
    expect(rows.map(({ outcome }) => outcome)).toEqual(['started', 'succeeded'])
    expect(rows[1]?.details).toMatchObject({ file: 'people.csv', rows: 2, badRows: 1, added: 2, people: 1, skipped: 0 })
    const written = filesOf(desk.folder).filter((file) => !file.endsWith('.csv'))
    expect(written.length).toBeGreaterThan(3)
    for (const file of written) {
      const content = readFileSync(file, 'latin1')
      for (const secret of ['9012345678', '90-1234-5678', 'hanako.secret', '9077778888', '7777-8888'])
        expect(content.includes(secret), `${file}: ${secret}`).toBe(false)
    }
  })
})

describe('ImportsService.saveTemplate', () => {
  it('saves a file that can be filled in and chosen', async () => {
    const file = join(desk.folder, 'template.csv')
    desk.desktop.saveTo = file
    expect(await ok(desk.api.imports.saveTemplate())).toEqual({ file })
    expect(readFileSync(file, 'utf8')).toBe(`\ufeff${importHeader}\r\n`)

    desk.desktop.openPath = file
    expect(await ok(desk.api.imports.choose())).toMatchObject({ rows: 0, bad: [] })
    desk.desktop.saveTo = null
    expect(await ok(desk.api.imports.saveTemplate())).toBeNull()
  })
})

describe('ImportsService.saveBadRows', () => {
  const saveTo = (name: string): string => {
    const file = join(desk.folder, name)
    desk.desktop.saveTo = file
    return file
  }

  it('saves every row that is left out with its reason, for this user only, and none of its values', async () => {
    const rows = Array.from({ length: 1200 }, (_, index) => `nobody.${index},mobile,090-1234-5678,,`)
    const preview = await tryImport(desk, [...rows, 'yamada.hanako,mobile,12,,', 'ito.kenta,mobile,090-1234-5678,,'])
    expect(preview.bad).toHaveLength(1000)
    const file = saveTo('left-out.csv')

    const { importId } = preview
    expect(await ok(desk.api.imports.saveBadRows({ importId, language: 'en' }))).toEqual({ file })
    const lines = readFileSync(file, 'utf8').split('\r\n')
    expect(lines[0]).toBe('\ufeffLine,User ID,Column,What is wrong')
    expect(lines[1]).toBe('2,nobody.0,userId,The directory has nobody with this user ID.')
    expect(lines.at(-2)).toBe('1202,yamada.hanako,value,This is not a telephone number.')
    expect(lines).toHaveLength(1203)
    expect(lines.join('')).not.toContain('1234')
    expect(statSync(file).mode & 0o777).toBe(0o600)

    expect(await ok(desk.api.imports.saveBadRows({ importId, language: 'ja' }))).toEqual({ file })
    expect(readFileSync(file, 'utf8')).toContain(messages.ja.imports.problem['user-unknown'])
    // The check holds as before.
    expect(await ok(desk.api.imports.apply({ importId }))).toMatchObject({ added: 1 })
  })

  it('runs nothing of a hostile file as a formula', async () => {
    const { importId } = await tryImport(desk, [
      '"=HYPERLINK(""http://x.invalid"",""y"")",mobile,090-1234-5678,,',
      '@SUM(1),mobile,090-1234-5678,,',
    ])
    const file = saveTo('hostile.csv')
    await ok(desk.api.imports.saveBadRows({ importId, language: 'en' }))

    const [, first, second] = readFileSync(file, 'utf8').split('\r\n')
    expect(first).toMatch(/^2,"'=HYPERLINK\(""http:\/\/x\.invalid"",""y""\)",userId,/u)
    expect(second).toMatch(/^3,'@SUM\(1\),userId,/u)
  })

  it('does nothing when the dialog is cancelled, once the check is over, or for somebody else', async () => {
    const { importId } = await tryImport(desk, ['nobody.here,mobile,090-1234-5678,,'])
    const save = () => desk.api.imports.saveBadRows({ importId, language: 'en' })
    desk.desktop.saveTo = null
    expect(await ok(save())).toBeNull()

    const file = saveTo('late.csv')
    await wait(desk, 30 * 60)
    expect(await codeOf(save())).toBe('import-not-found')
    await switchTo(desk, 'sato.misaki')
    expect(await codeOf(save())).toBe('role-required')
    expect(filesOf(desk.folder)).not.toContain(file)
  })
})

/** The same desk with an agent at it. */
async function agentDesk(): Promise<TestDesk> {
  await switchTo(desk, 'sato.misaki')
  return desk
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
}
