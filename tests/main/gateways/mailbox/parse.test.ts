import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MailContent } from '../../../../src/main/gateways/mailbox'
import { readRawMail } from '../../../../src/main/gateways/mailbox/parse'
import { japaneseBytes, japaneseLines, japaneseText, multipart, rawMail } from '../../../support/raw-mails'

function read(source: Uint8Array, size = source.length): Promise<MailContent> {
  return readRawMail({ source, size, uid: 7, receivedAt: '2026-11-23T00:00:00.000Z' })
}

const utf8 = 'Content-Type: text/plain; charset=utf-8'
const html = 'Content-Type: text/html; charset=utf-8'

describe('readRawMail', () => {
  it.each(['iso-2022-jp', 'shift_jis', 'euc-jp'] as const)('reads %s, as it is and in base64', async (charset) => {
    const bytes = japaneseBytes[charset]
    const type = `Content-Type: text/plain; charset=${charset}`
    const plain = await read(rawMail({ headers: [type], body: bytes }))
    expect(plain.text.split('\n')).toEqual(japaneseLines)
    const encoded = await read(
      rawMail({ headers: [type, 'Content-Transfer-Encoding: base64'], body: bytes.toString('base64') }),
    )
    expect(encoded.text.split('\n')).toEqual(japaneseLines)
  })

  it('reads UTF-8 in base64 and in quoted-printable', async () => {
    const bytes = Buffer.from(japaneseText)
    const base64 = bytes.toString('base64').replace(/.{76}/gu, '$&\r\n')
    const quoted = [...bytes].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
    const lines = quoted.replace(/(?:=..){20}/gu, '$&=\r\n')
    for (const [encoding, body] of [
      ['base64', base64],
      ['quoted-printable', lines],
    ] as const) {
      const mail = await read(rawMail({ headers: [utf8, `Content-Transfer-Encoding: ${encoding}`], body }))
      expect(mail.text.split('\n')).toEqual(japaneseLines)
    }
  })

  it('reads encoded words of sender and subject', async () => {
    const word = (text: string): string => `=?utf-8?B?${Buffer.from(text).toString('base64')}?=`
    const mail = await read(
      rawMail({ from: `${word('山田 花子')} <Hanako@Sakura.example>`, subject: word('パスワードの件'), body: 'x' }),
    )
    expect(mail).toMatchObject({
      from: '山田 花子 <Hanako@Sakura.example>',
      address: 'hanako@sakura.example',
      subject: 'パスワードの件',
    })
  })

  it('takes the text of an HTML mail, nothing of its markup, scripts, styles and links', async () => {
    const body = `<!doctype html><html><head><title>t</title><style>p{color:red}</style></head><body>
      <script>alert("x")</script><p>User&nbsp;ID: <b>yamada</b>.hanako</p><!-- <p>hidden</p> -->
      <table><tr><td>User ID</td><td title="a>b">sato</td></tr></table>
      <a href="https://evil.example/?u=1">click</a><img src=x onerror=alert(1)> 1 &lt; 2 &#x3042;</body></html>`
    const { text } = await read(rawMail({ headers: [html], body }))
    expect(text.split('\n')).toEqual(['User ID: yamada.hanako', 'User ID\tsato', 'click 1 < 2 あ'])
  })

  it('takes the HTML as well where the plain part only says that there is one', async () => {
    const { headers, body } = multipart('alternative', [
      [utf8, 'This mail needs a viewer.'],
      [html, '<p>User ID: yamada.hanako</p><p>I have been locked out of my account since this morning.</p>'],
    ])
    const { text } = await read(rawMail({ headers, body }))
    expect(text).toContain('needs a viewer')
    expect(text).toContain('User ID: yamada.hanako')
  })

  it('does not repeat what both parts say', async () => {
    const { headers, body } = multipart('alternative', [
      [utf8, 'User ID: yamada.hanako'],
      [html, '<p>User ID: yamada.hanako</p>'],
    ])
    expect((await read(rawMail({ headers, body }))).text).toBe('User ID: yamada.hanako')
  })

  it('reads a mail that was forwarded as an attachment, once and twice', async () => {
    const inner = rawMail({ from: 'a@b.example', subject: 'inner', headers: [utf8], body: japaneseText }).toString()
    const once = multipart('mixed', [
      [utf8, 'please see'],
      ['Content-Type: message/rfc822\r\nContent-Disposition: attachment', inner],
    ])
    const outer = rawMail({ headers: once.headers, body: once.body })
    const { text } = await read(outer)
    expect(text.split('\n')).toEqual(['please see', '', 'a@b.example', 'inner', '', ...japaneseLines])

    const twice = multipart('related', [
      [utf8, 'again'],
      ['Content-Type: message/rfc822', outer.toString()],
    ])
    expect((await read(rawMail(twice))).text).toContain('yamada.hanako')
  })

  it('ends with the depth of forwarding that people reach', async () => {
    let raw = rawMail({ headers: [utf8], body: 'the innermost' })
    for (let depth = 0; depth < 60; depth += 1)
      raw = rawMail({ headers: ['Content-Type: message/rfc822'], subject: `depth ${depth}`, body: raw })
    const { text } = await read(raw)
    expect(text).not.toContain('innermost')
  })

  it('says that it was cut when the text is longer than what is kept', async () => {
    const long = await read(rawMail({ headers: [utf8], body: '😀'.repeat(6000) }))
    expect(long.text).toHaveLength(10_000)
    expect(long.text.isWellFormed()).toBe(true)
    expect(long.cut).toBe(true)
    expect((await read(rawMail({ headers: [utf8], body: 'short' }))).cut).toBe(false)
  })

  it('reads what was fetched of a longer mail, and knows whether the text was all there', async () => {
    const { headers, body } = multipart('mixed', [
      [utf8, 'User ID: yamada.hanako'],
      [
        'Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment',
        'QUJD'.repeat(5000),
      ],
    ])
    const whole = rawMail({ headers, body })
    const part = await read(whole.subarray(0, 2000), whole.length)
    expect(part).toMatchObject({ text: 'User ID: yamada.hanako', cut: false })
    const text = rawMail({ headers: [utf8], body: 'word '.repeat(1000) })
    expect(await read(text.subarray(0, 2000), text.length)).toMatchObject({ cut: true })
  })

  it('leaves no control characters and no marks that turn the direction of reading', async () => {
    const body = 'a\u0000b\u0007c\u001b[31md\u202Egnp.exe\u2066e\u200F\uFEFF\r\nUser ID: x'
    const mail = await read(rawMail({ subject: 'a\u202Eb\u0000c', headers: [utf8], body }))
    expect(mail.text).toBe('abc[31mdgnp.exee\nUser ID: x')
    expect(mail.subject).toBe('abc')
  })

  it('caps sender and subject', async () => {
    const mail = await read(
      rawMail({ from: `"${'x'.repeat(5000)}" <a@b.example>`, subject: 'y'.repeat(5000), body: 'z' }),
    )
    expect(mail.from.length).toBeLessThanOrEqual(320)
    expect(mail.subject).toHaveLength(320)
    expect(mail.address).toBe('a@b.example')
  })

  it('has the same digest for the same mail, another for another, and one of its own for a mail that could not be had', async () => {
    const raw = rawMail({ body: 'a' })
    const [one, two] = [await read(raw), await readRawMail({ source: raw, size: raw.length, uid: 9, receivedAt: '' })]
    expect(one.digest).toMatch(/^[0-9a-f]{64}$/u)
    expect(two.digest).toBe(one.digest)
    expect((await read(rawMail({ body: 'a' }))).digest).not.toBe(one.digest)
    const none = { source: new Uint8Array(), size: 0, receivedAt: '2026-11-23T00:00:00.000Z' }
    // The same UID too: after new UIDs were given it is another mail.
    const digests = await Promise.all([1, 2, 2].map(async (uid) => (await readRawMail({ ...none, uid })).digest))
    expect(new Set(digests).size).toBe(3)
  })

  it('never throws for bytes of any kind', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (bytes) => {
        const mail = await read(bytes)
        expect(mail.text.isWellFormed()).toBe(true)
        expect(mail.text.length).toBeLessThanOrEqual(10_000)
      }),
      { numRuns: 200 },
    )
  })

  it('never throws for mails that are broken anywhere', async () => {
    const { headers, body } = multipart('mixed', [
      [utf8, japaneseText],
      [html, '<p>User ID: <b>x</b></p>'],
      ['Content-Type: message/rfc822', rawMail({ headers: [html], body: '<i>inner</i>' }).toString()],
      ['Content-Type: image/png; name="=?utf-8?B?44GC?="\r\nContent-Transfer-Encoding: base64', 'QUJD'],
    ])
    const whole = rawMail({ headers, body })
    const tokens = ['\r\n\r\n', '--', 'boundary=', '=?utf-8?B?', '?=', '\u0000', 'Content-Type:', ';', '"', '<', '>']
    const change = fc.record({
      at: fc.nat({ max: whole.length }),
      cut: fc.nat({ max: 40 }),
      put: fc.oneof(fc.constantFrom(...tokens), fc.string({ maxLength: 20, unit: 'binary' })),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        let raw = whole
        for (const { at, cut, put } of changes)
          raw = Buffer.concat([raw.subarray(0, at), Buffer.from(put), raw.subarray(at + cut)])
        expect(typeof (await read(raw)).text).toBe('string')
      }),
      { numRuns: 300 },
    )
  })
})
