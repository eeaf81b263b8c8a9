import fs, { existsSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { assertSafeEnvironment, createLog, type Log } from '../../../src/main/log'
import { AppError } from '../../../src/shared/errors'

const canary = 'Sakura-Canary-7'
const clock = { now: () => 0, iso: () => '2026-11-23T00:00:00.000Z' }
let folder: string
let file: string
let log: Log

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'log-'))
  file = join(folder, 'log', 'desk.log')
  log = createLog({ file, clock })
})
afterEach(() => rmSync(folder, { recursive: true }))

const written = (): string => readFileSync(file, 'utf8')
/** The one line that was written, parsed. */
const line = (): unknown => JSON.parse(written())

describe('createLog', () => {
  it('writes one JSON line with time, level, message and fields, for this user alone', () => {
    log.info({ server: 'dc1:636', count: 3, big: 10n, at: new Date(0), none: null }, 'Connected.')

    expect(line()).toEqual({
      level: 'info',
      at: '2026-11-23T00:00:00.000Z',
      pid: process.pid,
      fields: { server: 'dc1:636', count: 3, big: '10', at: '1970-01-01T00:00:00.000Z', none: null },
      message: 'Connected.',
    })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'log')).mode & 0o777).toBe(0o700)
  })

  it('writes debug lines only when asked to', () => {
    log.debug({}, 'quiet')
    expect(written()).toBe('')
    createLog({ file, clock, level: 'debug' }).debug({}, 'heard')
    expect(written()).toContain('heard')
  })

  it('cannot be made to write a line of somebody else', () => {
    log.warn({ name: 'x\n{"level":"error"}' }, 'a\nb')
    expect(written().trimEnd().split('\n')).toHaveLength(1)
  })

  it.each([
    'password',
    'newPassword',
    'PASSWORD',
    'unicodePwd',
    'userPassword',
    'code',
    'secret',
    'client_secret',
    'token',
    'accessToken',
    'seed',
    'recoveryKey',
    'recovery-key',
    'passphrase',
    'otp',
    'totpSeed',
    'pin',
    'typedKey',
    'credentials',
    'spelling',
    'privateKey',
    'answer',
  ])('replaces the value of %s at any depth', (name) => {
    log.error(
      {
        [name]: canary,
        a: { b: [{ [name]: canary }] },
        map: new Map([[name, canary]]),
        deep: { [name]: { x: canary } },
      },
      'm',
    )
    expect(written()).not.toContain(canary)
    expect(written()).toContain('[redacted]')
  })

  it('never writes a secret, however fields nest around it', () => {
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.record({ password: fc.constant(canary) }),
        fc.record({ code: fc.array(fc.constant(canary), { minLength: 1, maxLength: 2 }) }),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.string({ maxLength: 5 }), tie('tree'), { maxKeys: 3 }),
      ),
    }))
    fc.assert(
      fc.property(tree, (value) => {
        log.info({ value }, 'm')
      }),
      { numRuns: 200 },
    )
    expect(written()).not.toContain(canary)
    for (const text of written().trimEnd().split('\n')) expect(text).toMatch(/^\{.*\}$/u)
  })

  it('keeps flags whose names only sound secret', () => {
    log.info({ pwdReset: true, passwordNeverExpires: false, tokens: null }, 'm')
    expect(line()).toMatchObject({ fields: { pwdReset: true, passwordNeverExpires: false, tokens: null } })
  })

  it('replaces secrets in messages and texts', () => {
    log.warn(
      { text: `bind failed: password=${canary}, user=x`, uri: `otpauth://totp/x?secret=${canary}` },
      `passphrase: "${canary}"`,
    )
    log.warn({ text: `{"password":"${canary}","a":1}` }, 'm')
    expect(written()).not.toContain(canary)
    expect(written()).toContain('user=x')
  })

  it('writes bytes as their length only', () => {
    log.info({ sealed: Buffer.from(canary), view: new Uint8Array(3), raw: new ArrayBuffer(4) }, 'm')
    expect(line()).toMatchObject({
      fields: { sealed: `[${canary.length} bytes]`, view: '[3 bytes]', raw: '[4 bytes]' },
    })
  })

  it('tells an error by name, code, params, frames and causes, without what libraries hang on it', () => {
    const cause = Object.assign(new Error('Invalid credentials, data 52e'), {
      code: 49,
      request: { password: canary, body: canary },
    })
    log.error(
      { error: new AppError('directory-refused', { server: 'dc1:636', password: canary }, { cause }) },
      'Refused.',
    )

    expect(line()).toMatchObject({
      fields: {
        error: {
          name: 'AppError',
          code: 'directory-refused',
          params: { server: 'dc1:636', password: '[redacted]' },
          cause: { name: 'Error', code: 49, message: 'Invalid credentials, data 52e' },
        },
      },
    })
    expect(written()).toMatch(/"stack":\["at /u)
    expect(written()).not.toContain(canary)
  })

  it('keeps what a parser quotes out of the log', () => {
    try {
      JSON.parse(`${canary}`)
    } catch (error) {
      log.error({ error }, 'm')
    }
    expect(written()).toContain('SyntaxError')
    expect(written()).not.toContain('Sakura')
  })

  it('survives cycles, throwing getters, invalid dates, functions and great depth', () => {
    const cycle: Record<string, unknown> = { bad: new Date(Number.NaN), run: () => 1, symbol: Symbol('s') }
    cycle['self'] = cycle
    let deep: object = {}
    for (let depth = 0; depth < 10_000; depth++) deep = { deep }
    const throwing = {
      get name(): string {
        throw new Error('no')
      },
      toJSON: () => canary,
    }
    log.info({ cycle, deep, throwing, many: Array.from({ length: 5000 }, () => 1) }, 'm')
    expect(line()).toMatchObject({ fields: { cycle: { self: '[cycle]' }, throwing: { name: '[unreadable]' } } })
    expect(written()).not.toContain(canary)
    expect(written().length).toBeLessThan(5000)
  })

  it('moves a file beyond 10 MB aside at start and keeps three', () => {
    for (let round = 1; round <= 5; round++) {
      writeFileSync(file, `round ${round}\n`)
      truncateSync(file, 10 * 1024 * 1024 + 1)
      createLog({ file, clock })
    }
    const first = (name: string): string => readFileSync(name, 'utf8').slice(0, 7)
    expect(['.1', '.2', '.3'].map((end) => first(file + end))).toEqual(['round 5', 'round 4', 'round 3'])
    expect(existsSync(`${file}.4`)).toBe(false)
    expect(written()).toBe('')
  })

  it('goes on with a file that is not too large', () => {
    log.info({}, 'first')
    createLog({ file, clock }).info({}, 'second')
    expect(written().trimEnd().split('\n')).toHaveLength(2)
    expect(existsSync(`${file}.1`)).toBe(false)
  })

  it('works without its file: lines go to standard error', () => {
    const blocked = join(folder, 'blocked')
    writeFileSync(blocked, '')
    const errors = vi.spyOn(fs, 'writeSync').mockImplementation((_fd, data) => String(data).length)
    try {
      const other = createLog({ file: join(blocked, 'desk.log'), clock })
      other.info({ password: canary }, 'heard')
      const lines = errors.mock.calls.filter(([fd]) => fd === 2).map(([, data]) => String(data))
      expect(lines.join('')).toContain('The log file cannot be written')
      expect(lines.join('')).toContain('heard')
      expect(lines.join('')).not.toContain(canary)
    } finally {
      errors.mockRestore()
    }
  })
})

describe('assertSafeEnvironment', () => {
  it.each([
    [{ NODE_DEBUG: 'ldapts' }, 'NODE_DEBUG'],
    [{ NODE_DEBUG: 'http,LDAPTS' }, 'NODE_DEBUG'],
    [{ NODE_DEBUG: '*' }, 'NODE_DEBUG'],
    [{ NODE_DEBUG: 'net, ldap*' }, 'NODE_DEBUG'],
    [{ SSLKEYLOGFILE: '/tmp/keys' }, 'SSLKEYLOGFILE'],
    [{ NODE_TLS_REJECT_UNAUTHORIZED: '0' }, 'NODE_TLS_REJECT_UNAUTHORIZED'],
    [{ NODE_OPTIONS: '--max-http-header-size=1 --tls-keylog=/tmp/keys' }, 'NODE_OPTIONS'],
    [{ NODE_OPTIONS: '--inspect=0.0.0.0' }, 'NODE_OPTIONS'],
  ])('refuses to start a packaged app with %j', (env, name) => {
    expect(() => assertSafeEnvironment(env, true)).toThrow(
      expect.objectContaining({ code: 'environment-unsafe', params: { name } }),
    )
    expect(() => assertSafeEnvironment(env, false)).not.toThrow()
  })

  it.each([
    {},
    { NODE_DEBUG: 'http,net(' },
    { NODE_DEBUG: 'ldap' },
    { SSLKEYLOGFILE: '' },
    { NODE_OPTIONS: '--enable-source-maps' },
  ])('starts with %j', (env) => {
    expect(() => assertSafeEnvironment(env, true)).not.toThrow()
  })
})
