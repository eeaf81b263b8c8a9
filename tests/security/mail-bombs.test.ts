import { describe, expect, it } from 'vitest'
import { compileTemplates, readMail } from '../../src/main/domain/intake'
import { readyTemplates } from '../../src/main/domain/intake-templates'
import { readRawMail } from '../../src/main/gateways/mailbox/parse'

/** A mail that is built to keep the intake busy for ever: each of these makes some mail parser quadratic, deep or endless. */

const size = 256 * 1024
const fill = (piece: string, length = size): string => piece.repeat(Math.ceil(length / piece.length)).slice(0, length)
const head = (name: string, piece: string): string => `${name}: ${fill(piece, 120_000)}\r\n\r\ntext`
const html = (piece: string): string => `Content-Type: text/html; charset=utf-8\r\n\r\n${fill(piece)}`
const text = (piece: string): string => `Content-Type: text/plain; charset=utf-8\r\n\r\n${fill(piece)}`
const encoded = (how: string, piece: string): string => `Content-Transfer-Encoding: ${how}\r\n${text(piece)}`
const nested = Array.from(
  { length: 3000 },
  (_none, depth) =>
    `${depth === 0 ? '' : `--b${depth - 1}\r\n`}Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n`,
).join('')

const bombs: Readonly<Record<string, string>> = {
  blanks: text(' '),
  'line ends': text('\n'),
  NUL: text('\u0000'),
  'one word': text('a'),
  labels: text('User ID: '),
  'labels in one line': text('User ID:'),
  'marks that combine': text('a\u0301'),
  'one character that becomes eighteen': text('\ufdfa'),
  'open tags': html('<'),
  'tags without end': html('<a '),
  'attributes without end': html('<a b="'),
  'deep elements': html('<div>'),
  'scripts without end': html('<script>'),
  'scripts that nearly end': html('<script></scrip'),
  'comments without end': html('<!--'),
  comments: html('<!-- -->'),
  'character references': html('&#x'),
  'cells without a table': html('<td>'),
  'addresses in the sender': head('From', 'a@b.c, '),
  'quotes in the sender': head('From', '"'),
  'comments in the sender': head('From', '('),
  'groups in the sender': head('From', 'a:b;'),
  'encoded words': head('Subject', '=?utf-8?B?44GC?= '),
  'encoded words that break off': head('Subject', '=?utf-8?Q?'),
  'escapes that change nothing': head('Subject', '=?iso-2022-jp?B?GyRC?= '),
  'folded lines': head('Subject', '\r\n '),
  'one huge field': `X: ${fill('x')}\r\n\r\ntext`,
  'very many fields': `${fill('A: b\r\n', 120_000)}\r\ntext`,
  'parameters of a type': head('Content-Type', 'text/plain; a=b; '),
  'continued parameters': head('Content-Type', "a*0*=utf-8''%41; "),
  'list fields': head('List-Unsubscribe', '<a>, '),
  'very many parts': `Content-Type: multipart/mixed; boundary=b\r\n\r\n${fill('--b\r\n\r\nx\r\n')}`,
  'deep parts': nested,
  'mails in mails': fill('Content-Type: message/rfc822\r\n\r\n'),
  'flowed lines': `Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\n${fill('a \r\n')}`,
  'quoted-printable': encoded('quoted-printable', '='),
  'soft line ends': encoded('quoted-printable', '=\r\n'),
  'base64 of nothing': encoded('base64', '\r\n'),
  'escapes of ISO-2022-JP': `Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n${fill('\u001b$B')}`,
  'a charset that hides markup': `Content-Type: text/plain; charset=utf-7\r\n\r\n${fill('+ADw-script+AD4-')}`,
  'a charset that is none': `Content-Type: text/plain; charset=nonsense\r\n\r\n${fill('ab')}`,
}

describe('a mail bomb', () => {
  const templates = compileTemplates(readyTemplates)

  it.each(Object.entries(bombs))('of %s is read to its end, within bounds', async (_what, raw) => {
    const source = Buffer.from(raw)
    const mail = await readRawMail({ source, size: source.length, uid: 1, receivedAt: '' })
    expect(mail.text.length).toBeLessThanOrEqual(10_000)
    expect(mail.subject.length).toBeLessThanOrEqual(320)
    expect(mail.from.length).toBeLessThanOrEqual(320)
    expect(mail.text).not.toContain('\u0000')
    expect(mail.text).not.toMatch(/<script/iu)
    const { named } = readMail(mail, templates)
    expect(named.length).toBeLessThanOrEqual(10)
  })
})
