import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { installCommand } from '../../../src/main/config/install-command'
import { fileHash, mayWrite, place, type ConfigTarget } from '../../../src/main/config/write'

let folder: string
let target: ConfigTarget

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-write-'))
  target = { file: join(folder, 'desk', 'config.json'), copyFolder: join(folder, 'copy'), platform: 'linux' }
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const draft = (text: string, authorities: readonly (readonly [string, string])[] = []) => ({
  text,
  authorities: new Map(authorities),
})

describe('place', () => {
  it('makes the folder, writes certificates and file for everybody to read, and leaves nothing else', () => {
    const saved = place(draft('new', [['directory-ca.pem', 'PEM']]), target)

    expect(saved).toEqual({ written: true, file: target.file, copy: '', command: '' })
    expect(readFileSync(target.file, 'utf8')).toBe('new')
    expect(readFileSync(join(folder, 'desk', 'directory-ca.pem'), 'utf8')).toBe('PEM')
    expect(statSync(target.file).mode & 0o777).toBe(0o644)
    expect(readdirSync(join(folder, 'desk')).toSorted()).toEqual(['config.json', 'directory-ca.pem'])
    expect(existsSync(target.copyFolder)).toBe(false)
  })

  it('keeps the version before, and its mode without the right of others to write', () => {
    place(draft('one'), target)
    chmodSync(target.file, 0o660)
    place(draft('two'), target)
    place(draft('three'), target)

    expect(readFileSync(target.file, 'utf8')).toBe('three')
    expect(readFileSync(`${target.file}.bak`, 'utf8')).toBe('two')
    expect(statSync(target.file).mode & 0o777).toBe(0o640)
  })

  it('writes what a link stands for and leaves the link', () => {
    place(draft('one'), target)
    const link = join(folder, 'link.json')
    symlinkSync(target.file, link)
    place(draft('two'), { ...target, file: link })
    expect(readFileSync(target.file, 'utf8')).toBe('two')
    expect(readFileSync(link, 'utf8')).toBe('two')
  })

  it('leaves the old file whole when the new one cannot be written', () => {
    place(draft('one'), target)
    // A folder where the certificates should go: the rename fails.
    mkdirSync(join(folder, 'desk', 'mailbox-ca.pem', 'x'), { recursive: true })

    expect(() => place(draft('two', [['mailbox-ca.pem', 'PEM']]), target)).toThrow(
      expect.objectContaining({ code: 'config-not-written' }),
    )
    expect(readFileSync(target.file, 'utf8')).toBe('one')
    expect(readdirSync(join(folder, 'desk')).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('leaves a copy and the line to install it where this user may not write; the line does just that', () => {
    place(draft('one'), target)
    chmodSync(folder, 0o777)
    chmodSync(join(folder, 'desk'), 0o755)

    const saved = asNobody(() => place(draft('two', [['sms-ca.pem', 'PEM']]), target))

    expect(saved).toMatchObject({ written: false, file: target.file, copy: join(target.copyFolder, 'config.json') })
    expect(readFileSync(target.file, 'utf8')).toBe('one')
    expect(readFileSync(saved.copy, 'utf8')).toBe('two')
    expect(statSync(target.copyFolder).mode & 0o077).toBe(0)
    if (process.geteuid?.() !== 0) return
    execFileSync('sh', ['-c', saved.command.replaceAll('sudo ', '')])
    expect(readFileSync(target.file, 'utf8')).toBe('two')
    expect(readFileSync(join(folder, 'desk', 'sms-ca.pem'), 'utf8')).toBe('PEM')
    expect(statSync(target.file).mode & 0o777).toBe(0o644)
  })

  it('forgets the copy of an earlier try', () => {
    mkdirSync(target.copyFolder)
    writeFileSync(join(target.copyFolder, 'old-ca.pem'), 'x')
    chmodSync(folder, 0o777)
    chmodSync(target.copyFolder, 0o777)
    place(draft('one'), target)
    asNobody(() => place(draft('two'), target))
    expect(existsSync(join(target.copyFolder, 'config.json')) || process.geteuid?.() !== 0).toBe(true)
    expect(readFileSync(target.file, 'utf8')).toBe('one')
  })
})

describe('mayWrite', () => {
  it('is not possible for anybody where a file stands in place of the folder', () => {
    const inTheWay = join(folder, 'in-the-way')
    writeFileSync(inTheWay, '')
    expect(mayWrite(join(inTheWay, 'config.json'), 'linux')).toBe(false)
    expect(mayWrite(join(inTheWay, 'deeper', 'config.json'), 'linux')).toBe(false)
    expect(readFileSync(inTheWay, 'utf8')).toBe('')
  })

  it('does not take over a file that belongs to somebody else', () => {
    place(draft('one'), target)
    chmodSync(folder, 0o777)
    chmodSync(join(folder, 'desk'), 0o777)
    chmodSync(target.file, 0o666)
    expect(mayWrite(target.file, 'linux')).toBe(true)
    expect(asNobody(() => mayWrite(target.file, 'linux'))).toBe(process.geteuid?.() !== 0)
  })

  it('makes no folder on Windows: everybody could write there', () => {
    expect(mayWrite(target.file, 'linux')).toBe(true)
    expect(mayWrite(target.file, 'win32')).toBe(false)
  })
})

describe('fileHash', () => {
  it('tells versions apart and takes no file for none', () => {
    expect(fileHash(target.file)).toBe('')
    place(draft('one'), target)
    const one = fileHash(target.file)
    place(draft('two'), target)
    expect(fileHash(target.file)).not.toBe(one)
    expect(one).toMatch(/^[0-9a-f]{64}$/u)
  })
})

describe('installCommand', () => {
  it('cannot be broken out of by a name', () => {
    const command = installCommand([`/tmp/it's; rm -rf /`], '/etc/sspr-desk', 'linux')
    expect(command).toBe(`sudo install -D -m 644 -t /etc/sspr-desk '/tmp/it'\\''s; rm -rf /'`)
  })

  it('takes the quotes that PowerShell takes for its own', () => {
    const command = installCommand(['C:\\Users\\O’Hara; calc ‘\\config.json'], 'C:\\ProgramData\\SSPR Desk', 'win32')
    expect(command).toContain(`-LiteralPath 'C:\\Users\\O’’Hara; calc ‘‘\\config.json' -Destination`)
  })

  it('names what each system has', () => {
    expect(installCommand(['/a/ca.pem', '/a/config.json'], '/Library/Application Support/SSPR Desk', 'darwin')).toBe(
      `sudo install -d -m 755 '/Library/Application Support/SSPR Desk' && ` +
        `sudo install -m 644 /a/ca.pem /a/config.json '/Library/Application Support/SSPR Desk'`,
    )
    const windows = installCommand([`C:\\Users\\O'Hara\\config.json`], 'C:\\ProgramData\\SSPR Desk', 'win32')
    expect(windows).toContain(
      `-LiteralPath 'C:\\Users\\O''Hara\\config.json' -Destination 'C:\\ProgramData\\SSPR Desk'`,
    )
    expect(windows).toContain('/inheritance:r')
  })
})

/** Root may write everywhere; the test must not. */
function asNobody<T>(work: () => T): T {
  const before = process.geteuid?.()
  if (before !== 0) return work()
  process.seteuid?.(65_534)
  try {
    return work()
  } finally {
    process.seteuid?.(before)
  }
}
