import fc from 'fast-check'
import { generate } from 'otplib'
import { create } from 'qrcode'
import { describe, expect, it } from 'vitest'
import { createAuthenticatorApp } from '../../../src/main/gateways/authenticator-app'
import type { CheckContext } from '../../../src/main/gateways/verification-method'

const app = createAuthenticatorApp()
/** The shared secret of RFC 6238 appendix B. */
const secret = new TextEncoder().encode('12345678901234567890')

/** Last six of the eight digits that RFC 6238 appendix B lists for SHA-1. */
const vectors = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
] as const

function at(seconds: number, change: Partial<CheckContext> = {}): CheckContext {
  return { now: seconds * 1000, lastStep: null, toleranceSteps: 1, stepSeconds: 30, ...change }
}

function codeAt(seconds: number): Promise<string> {
  return generate({ secret, epoch: seconds })
}

describe('AuthenticatorApp.check', () => {
  it.each(vectors)('accepts the code of RFC 6238 at %d s', async (seconds, code) => {
    const answer = await app.check(secret, code, at(seconds))
    expect(answer).toEqual({ matched: true, step: Math.floor(seconds / 30), drift: 0 })
  })

  it('accepts one step early and late from any second of a step, tells the drift, and no more', async () => {
    const start = 1_800_000_000
    for (const second of [0, 1, 15, 29]) {
      const now = start + second
      for (const drift of [-3, -2, -1, 0, 1, 2, 3]) {
        const answer = await app.check(secret, await codeAt(start + drift * 30), at(now))
        if (Math.abs(drift) <= 1) expect(answer).toEqual({ matched: true, step: start / 30 + drift, drift })
        else expect(answer).toEqual({ matched: false, hint: null })
      }
    }
  })

  it('accepts only the present step without tolerance', async () => {
    const now = 1_800_000_010
    expect(await app.check(secret, await codeAt(now), at(now, { toleranceSteps: 0 }))).toMatchObject({ matched: true })
    expect(await app.check(secret, await codeAt(now - 30), at(now, { toleranceSteps: 0 }))).toMatchObject({
      matched: false,
    })
  })

  it('accepts each time step once, and none before it', async () => {
    const now = 1_800_000_000
    const step = now / 30
    const code = await codeAt(now)
    expect(await app.check(secret, code, at(now, { lastStep: step - 1 }))).toMatchObject({ matched: true, step })
    expect(await app.check(secret, code, at(now, { lastStep: step }))).toEqual({ matched: false, hint: 'replayed' })
    const earlier = await codeAt(now - 30)
    expect(await app.check(secret, earlier, at(now, { lastStep: step }))).toEqual({ matched: false, hint: 'replayed' })
    const next = await codeAt(now + 30)
    expect(await app.check(secret, next, at(now, { lastStep: step }))).toMatchObject({ matched: true, step: step + 1 })
  })

  it('accepts nothing again after the clock was set back', async () => {
    const now = 1_800_000_000
    const answer = await app.check(secret, await codeAt(now), at(now, { lastStep: now / 30 + 1000 }))
    expect(answer).toEqual({ matched: false, hint: 'replayed' })
  })

  it.each(['287 082', ' 287082 ', '２８７０８２', '２８７　０８２', '287-082', '287\u2212082', '287\u00a0082'])(
    'reads %j as people type it',
    async (typed) => {
      expect(await app.check(secret, typed, at(59))).toMatchObject({ matched: true })
    },
  )

  it.each(['', '28708', '2870822', '28708a', '٢٨٧٠٨٢', '287082\u0000', '-', 'abcdef', '１２３'])(
    'counts %j as a failed try',
    async (typed) => {
      expect(await app.check(secret, typed, at(59))).toEqual({ matched: false, hint: 'malformed' })
    },
  )

  it('never throws for what was typed and never matches anything but the codes in force', async () => {
    const now = 1_800_000_000
    const inForce = await Promise.all([-30, 0, 30].map((offset) => codeAt(now + offset)))
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[0-9]{6}$/u)), async (typed) => {
        const answer = await app.check(secret, typed, at(now))
        const folded = typed.normalize('NFKC').replace(/[^0-9]/gu, '')
        if (!inForce.includes(folded)) expect(answer.matched).toBe(false)
      }),
    )
  })

  it('does not match the code of another secret', async () => {
    const other = app.startEnrolment({ issuer: 'Desk', account: 'other' }).secret
    const now = 1_800_000_000
    const foreign = await Promise.all([-30, 0, 30].map((offset) => generate({ secret: other, epoch: now + offset })))
    const own = await Promise.all([-30, 0, 30].map((offset) => codeAt(now + offset)))
    for (const code of foreign.filter((candidate) => !own.includes(candidate))) {
      expect(await app.check(secret, code, at(now))).toEqual({ matched: false, hint: null })
    }
  })

  it('keeps a secret that cannot be used out of the error', async () => {
    const short = new TextEncoder().encode('geheim')
    const error: unknown = await app.check(short, '123456', at(59)).catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(Error)
    expect(String(error) + JSON.stringify(error)).not.toMatch(/geheim|67656865696d|M5SWQZLJNU/iu)
  })
})

describe('AuthenticatorApp.startEnrolment', () => {
  it('makes a key that the app answers with the codes we accept', async () => {
    const start = app.startEnrolment({ issuer: 'さくら商事', account: 'yamada.hanako' })
    expect(start.secret).toHaveLength(20)
    expect(start.typedKey).toMatch(/^[A-Z2-7]{4}(?: [A-Z2-7]{4}){7}$/u)

    const code = await generate({ secret: start.typedKey.replaceAll(' ', ''), epoch: 1_800_000_000 })
    expect(await app.check(start.secret, code, at(1_800_000_000))).toMatchObject({ matched: true })
  })

  it('makes a new key each time', () => {
    const subject = { issuer: 'Desk', account: 'a' }
    const keys = Array.from({ length: 50 }, () => app.startEnrolment(subject).typedKey)
    expect(new Set(keys).size).toBe(50)
  })

  it('writes a key URI that apps read, names in any script', () => {
    const start = app.startEnrolment({ issuer: '株式会社 さくら & Söhne', account: '山田+花子@example.com' })
    const uri = new URL(start.uri)
    expect(uri.protocol).toBe('otpauth:')
    expect(start.uri).toMatch(/^otpauth:\/\/totp\/[\x21-\x7e]+$/u)
    expect(decodeURIComponent(uri.pathname)).toContain('株式会社 さくら & Söhne:山田+花子@example.com')
    expect(start.uri).not.toContain('+')
    expect(uri.searchParams.get('issuer')).toBe('株式会社 さくら & Söhne')
    expect(uri.searchParams.get('secret')).toBe(start.typedKey.replaceAll(' ', ''))
    // Absent means SHA1, 6, 30: what every app does.
    expect(uri.searchParams.get('algorithm') ?? 'SHA1').toBe('SHA1')
    expect(uri.searchParams.get('digits') ?? '6').toBe('6')
    expect(uri.searchParams.get('period') ?? '30').toBe('30')
  })

  it('keeps the label to one separating colon and names to a length that phones can scan', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 300 }),
        fc.string({ unit: 'grapheme', maxLength: 300 }),
        (issuer, account) => {
          const start = app.startEnrolment({ issuer: `さ${issuer}`, account: `a${account}` })
          expect(start.issuer + start.account).not.toMatch(/[:\p{Cc}]/u)
          expect(encodeURIComponent(start.issuer + start.account).length).toBeLessThanOrEqual(540)
          expect(start.issuer.isWellFormed() && start.account.isWellFormed()).toBe(true)
        },
      ),
      { numRuns: 30 },
    )
  })

  it('cuts a long name between characters and says so', () => {
    const family = '👨‍👩‍👧‍👦'
    const start = app.startEnrolment({ issuer: 'あ'.repeat(31), account: `${family.repeat(20)}\ud83d` })
    expect(start.issuer).toBe(`${'あ'.repeat(29)}…`)
    expect(start.account).toBe(`${family.repeat(3)}…`)
    expect(app.startEnrolment({ issuer: 'あ'.repeat(30), account: 'a' }).issuer).toBe('あ'.repeat(30))
  })

  it('draws the URI, square, within a quiet zone', () => {
    const start = app.startEnrolment({ issuer: 'あ'.repeat(60), account: 'yamada.hanako@sakura.example' })
    const size = start.qr.length
    expect(start.qr.every((row) => row.length === size && /^[01]+$/u.test(row))).toBe(true)
    expect(start.qr.slice(0, 4).join('')).not.toContain('1')
    expect(start.qr.slice(-4).join('')).not.toContain('1')
    expect(start.qr.every((row) => row.startsWith('0000') && row.endsWith('0000'))).toBe(true)
    expect(start.qr[4]?.slice(4, 11)).toBe('1111111')
    expect(start.qr[5]?.slice(4, 11)).toBe('1000001')

    const { modules } = create(start.uri, { errorCorrectionLevel: 'M' })
    expect(size).toBe(modules.size + 8)
    expect(
      start.qr
        .slice(4, -4)
        .map((row) => row.slice(4, -4))
        .join(''),
    ).toBe([...modules.data].join(''))
    // Version 25 (117 modules) is about what a phone still reads from a screen.
    expect(modules.size).toBeLessThanOrEqual(117)
  })
})
