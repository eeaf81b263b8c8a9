/**
 * The text of an HTML mail, in one pass over hostile markup: nothing is rendered, no link is looked at, scripts, styles and
 * comments are left out. Cells of a table row stay on one line, so that a form's label and its value do.
 */
export function textOfHtml(html: string): string {
  const out = new Output()
  let position = 0
  while (position < html.length) {
    const open = html.indexOf('<', position)
    if (open < 0) {
      out.text(html.slice(position))
      break
    }
    out.text(html.slice(position, open))
    const end = html.startsWith('<!--', open) ? afterComment(html, open) : readTag(html, open, out)
    // Markup that never ends takes the rest with it, as in a browser; so nothing is searched twice.
    if (end === null) break
    position = end
  }
  return out.toString()
}

/** Their content is no text. */
const silent = new Set(['script', 'style', 'title', 'template', 'noembed', 'iframe', 'object', 'svg', 'math'])
const lineBreaks = new Set(
  'address article aside blockquote body br center dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol option p pre section table tbody tfoot thead tr ul'.split(
    ' ',
  ),
)
const cells = new Set(['td', 'th'])

const named: Readonly<Record<string, string>> = {
  amp: '&',
  apos: "'",
  bull: '•',
  copy: '©',
  emsp: ' ',
  ensp: ' ',
  gt: '>',
  hellip: '…',
  laquo: '«',
  ldquo: '“',
  lsquo: '‘',
  lt: '<',
  mdash: '—',
  middot: '·',
  nbsp: ' ',
  ndash: '–',
  quot: '"',
  raquo: '»',
  rdquo: '”',
  reg: '®',
  rsquo: '’',
  thinsp: ' ',
  yen: '¥',
}

function afterComment(html: string, open: number): number | null {
  const end = html.indexOf('-->', open + 4)
  return end < 0 ? null : end + 3
}

function readTag(html: string, open: number, out: Output): number | null {
  const name = /^<\/?([a-z][a-z0-9]{0,19})/iu.exec(html.slice(open, open + 24))?.[1]?.toLowerCase()
  if (name === undefined) {
    // `<?xml`, `<!DOCTYPE` and an end tag of nothing are markup; a lone `<` is text.
    if (/^<[!?/]/u.test(html.slice(open, open + 2))) return tagEnd(html, open)
    out.text('<')
    return open + 1
  }
  const end = tagEnd(html, open)
  if (end === null) return null
  if (lineBreaks.has(name)) out.line()
  if (cells.has(name)) out.cell()
  if (!silent.has(name) || html.charAt(open + 1) === '/' || html.charAt(end - 2) === '/') return end

  const close = new RegExp(`</${name}`, 'giu')
  close.lastIndex = end
  const found = close.exec(html)
  return found === null ? null : tagEnd(html, found.index)
}

/** Behind the `>` of a tag; one inside a quoted attribute does not count. */
function tagEnd(html: string, open: number): number | null {
  for (let position = open; position < html.length; position += 1) {
    const character = html.charAt(position)
    if (character === '>') return position + 1
    if ((character === '"' || character === "'") && html.charAt(position - 1) === '=') {
      const close = html.indexOf(character, position + 1)
      if (close < 0) return null
      position = close
    }
  }
  return null
}

/** Collects text with its white space as a browser shows it: runs are one blank, lines break where blocks do. */
class Output {
  readonly #parts: string[] = []
  #pending: '' | ' ' | '\t' | '\n' = ''

  text(raw: string): void {
    if (raw === '') return
    const words = decoded(raw).split(/[\s\u00a0]+/u)
    words.forEach((word, index) => {
      if (index > 0) this.#wait(' ')
      if (word === '') return
      if (this.#parts.length > 0 && this.#pending !== '') this.#parts.push(this.#pending)
      this.#pending = ''
      this.#parts.push(word)
    })
  }

  line(): void {
    this.#wait('\n')
  }

  cell(): void {
    this.#wait('\t')
  }

  toString(): string {
    return this.#parts.join('')
  }

  /** The strongest one wins: a line break over a cell over a blank. */
  #wait(mark: ' ' | '\t' | '\n'): void {
    const order = ['', ' ', '\t', '\n']
    if (order.indexOf(mark) > order.indexOf(this.#pending)) this.#pending = mark
  }
}

function decoded(text: string): string {
  return text.replace(
    /&(?:#x(?<hex>[0-9a-f]{1,6})|#(?<decimal>\d{1,7})|(?<name>[a-z]{2,6}));?/giu,
    (whole: string, hex: string | undefined, decimal: string | undefined, name: string | undefined) => {
      if (name !== undefined) return named[name.toLowerCase()] ?? whole
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
      return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : ''
    },
  )
}
