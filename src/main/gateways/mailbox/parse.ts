import { createHash, randomUUID } from 'node:crypto'
import type { AddressObject, AttachmentStream, Headers, MessageText } from 'mailparser'
import type { ReadRawMail } from '../mailbox'
import { textOfHtml } from './html-text'

const longestText = 10_000
const longestLine = 320
/** Before white space is tidied; what is cut off here would be cut off afterwards too, or is blank. */
const longestRaw = 200_000
/** A mail in a mail in a mail: forwarded twice. Deeper ones are left out. */
const deepestForward = 3
const mostParts = 100
const largestHead = 128 * 1024
/** A guard for what no test has found: a mail that the parser never finishes. */
const patienceMs = 10_000

/** What was found in one mail, before it is made inert. */
interface Found {
  headers: Headers | null
  text: string
  html: string
  readonly forwarded: Buffer[]
  /** Something came behind the text, so the text is whole. */
  textEnded: boolean
}

/** Reads what a mail says with mailparser, on input of any kind; see {@link ReadRawMail}. */
export const readRawMail: ReadRawMail = async ({ source, size }) => {
  const digest = createHash('sha256').update(source)
  // Of a mail that could not be had nothing says which one it is: under other UIDs it must not pass for another one.
  if (source.length === 0) digest.update(randomUUID())
  // Only its beginning was fetched: then this is what tells it from others.
  else if (size > source.length) digest.update(`${size}`)

  const found = await find(Buffer.from(source.buffer, source.byteOffset, source.byteLength))
  const { address, from } = senderOf(found.headers)
  const text = inert(await wholeText(found, 1))
  const whole = size <= source.length
  return {
    from: oneLine(from),
    address,
    subject: oneLine(subjectOf(found.headers)),
    text: cutAt(text, longestText),
    cut: text.length > longestText || (!whole && !found.textEnded),
    digest: digest.digest('hex'),
  }
}

/** The mail's own text, then that of mails in it with who wrote them. */
async function wholeText(found: Found, depth: number): Promise<string> {
  const parts = [bodyOf(found)]
  for (const raw of depth < deepestForward ? found.forwarded : []) {
    const inner = await find(raw)
    const head = [senderOf(inner.headers).from, subjectOf(inner.headers)].filter((line) => line.trim() !== '')
    parts.push([...head, '', await wholeText(inner, depth + 1)].join('\n'))
  }
  return parts.filter((part) => part.trim() !== '').join('\n\n')
}

/** The plain text; where that says much less than the HTML (“this mail needs a viewer”), the HTML's too. */
function bodyOf({ text, html }: Found): string {
  const plain = text.slice(0, longestRaw)
  if (html === '') return plain
  const ofHtml = textOfHtml(html)
  if (plain.trim() === '') return ofHtml
  return plain.trim().length * 2 < ofHtml.length ? `${plain.trimEnd()}\n\n${ofHtml}` : plain
}

/** Never rejects: of a mail that breaks off or breaks the parser, what was found until then is kept. */
async function find(raw: Buffer): Promise<Found> {
  // Loaded with the first mail: the window need not wait for it.
  // eslint-disable-next-line no-restricted-syntax -- this floor's own library, named in full
  const { MailParser } = await import('mailparser')
  const found: Found = { headers: null, text: '', html: '', forwarded: [], textEnded: false }
  return new Promise((resolve) => {
    const parser = new MailParser({
      skipHtmlToText: true,
      skipTextToHtml: true,
      skipTextLinks: true,
      skipImageLinks: true,
      checksumAlgo: false,
      ignoreEmbedded: true,
      maxHeadSize: largestHead,
      maxChildNodes: mostParts,
    })
    const timer = setTimeout(() => end(), patienceMs)
    const end = (): void => {
      clearTimeout(timer)
      resolve(found)
    }
    parser.on('headers', (headers) => (found.headers = headers))
    parser.on('data', (part) => {
      if (part.type === 'text') takeText(part, found)
      else takeAttachment(part, found)
    })
    // More errors may follow the first; the listener stays.
    parser.on('error', end)
    parser.once('end', end)
    parser.end(raw)
  })
}

function takeText(part: MessageText, found: Found): void {
  found.text = part.text ?? ''
  found.html = typeof part.html === 'string' ? part.html : ''
}

/** Everything but a forwarded mail is let run through: its bytes are of no interest. */
function takeAttachment(part: AttachmentStream, found: Found): void {
  found.textEnded = true
  const isMail = part.contentType === 'message/rfc822' && found.forwarded.length < mostParts
  const chunks: Buffer[] = []
  part.content.on('data', (chunk: Buffer) => {
    if (isMail) chunks.push(chunk)
  })
  part.content.once('end', () => {
    if (isMail) found.forwarded.push(Buffer.concat(chunks))
    part.release?.()
  })
}

function senderOf(headers: Headers | null): { readonly from: string; readonly address: string } {
  const header = headers?.get('from')
  const first = isAddresses(header) ? header.value[0] : undefined
  if (first === undefined) return { from: '', address: '' }
  const address = (first.address ?? '').slice(0, longestLine)
  const name = first.name.trim()
  if (name === '') return { from: address, address: address.toLowerCase() }
  return { from: address === '' ? name : `${name} <${address}>`, address: address.toLowerCase() }
}

function subjectOf(headers: Headers | null): string {
  const subject = headers?.get('subject')
  return typeof subject === 'string' ? subject : ''
}

function isAddresses(value: unknown): value is AddressObject {
  return typeof value === 'object' && value !== null && 'value' in value && Array.isArray(value.value)
}

function oneLine(text: string): string {
  return cutAt(
    inert(text.slice(0, 8 * longestLine))
      .replace(/\s/gu, ' ')
      .trim(),
    longestLine,
  )
}

/** Without what a screen or a terminal would act on: control characters, and marks that turn the direction of reading. */
function inert(text: string): string {
  const plain = text
    .slice(0, longestRaw)
    .toWellFormed()
    .replace(/\r\n?|[\u2028\u2029]/gu, '\n')
    // eslint-disable-next-line no-control-regex -- control characters are just what is taken out
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u2060\ufeff\p{Bidi_Control}]/gu, '')
  const lines = plain.split('\n').map((line) => line.trimEnd())
  return lines
    .filter((line, index) => line !== '' || (lines[index - 1] ?? '') !== '')
    .join('\n')
    .trim()
}

/** At most so many UTF-16 units, never half a character. */
function cutAt(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, most).replace(/[\ud800-\udbff]$/u, '')
}
