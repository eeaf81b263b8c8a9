import { AppError } from '../../shared/errors'

/**
 * Where a value stands: percent-encoded in a URL (RFC 3986) or in a query-like body, with `+` for spaces in a form (URL Standard,
 * application/x-www-form-urlencoded), inside the quotes of a JSON string (RFC 8259 §7), as it is in plain text, or in a header.
 */
export type TemplatePlace = 'url' | 'query' | 'form' | 'json' | 'none' | 'header'

/** What the placeholders of a message stand for, by their names in the template; `secret:NAME` for each secret. */
export type TemplateValues = ReadonlyMap<string, string>

const name = '[A-Za-z0-9_-]{1,40}'
const placeholder = new RegExp(
  `\\{(to|digits|extension|text|spokenText|code|language|sender|id|coding|alphabet|messageId|secret:${name}|basic:${name}:${name})\\}`,
  'gu',
)

/** Names of the secrets that these texts ask for, each once. */
export function secretsOf(texts: readonly string[]): string[] {
  const names = texts
    .flatMap((text) => [...text.matchAll(placeholder)])
    .map(([, asked = '']) => asked.split(':'))
    .filter(([kind]) => kind === 'secret' || kind === 'basic')
    .flatMap(([, ...asked]) => asked)
  return [...new Set(names)]
}

/**
 * A form or query without the parameters that end in this placeholder, for a value that is empty: `&SendDigits=ww{extension}` would
 * press keys where there are none to press.
 */
export function withoutParameter(template: string, asked: string): string {
  return template.replaceAll(new RegExp(`&[^&={}]+=[^&{}]*\\{${asked}\\}(?=&|$)`, 'gu'), '')
}

/** For where XML speaks it: its five characters by name (XML 1.0 §4.6), and none that XML has no place for (§2.2). */
export function escapeXml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&apos;',
  }
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>"']/gu, (character) => entities[character] ?? '')
}

/**
 * The text with its placeholders replaced in one pass, so that no value is expanded again, each escaped for where it stands. Other
 * braces are left alone. Throws `invalid-input {field}` for a placeholder without a value, and for a value that cannot stand in its
 * place: a line break in a header, a dot segment in a URL.
 */
export function fillTemplate(template: string, values: TemplateValues, place: TemplatePlace): string {
  return template.replace(placeholder, (_whole, asked: string) => escapeFor(place, valueOf(asked, values), asked))
}

function valueOf(asked: string, values: TemplateValues): string {
  const [kind, user = '', password = ''] = asked.split(':')
  const value =
    kind === 'basic' ? basic(values.get(`secret:${user}`), values.get(`secret:${password}`)) : values.get(asked)
  if (value === undefined) throw new AppError('invalid-input', { field: `{${asked}}` })
  return value
}

/** Credentials of RFC 7617, in UTF-8. */
function basic(user: string | undefined, password: string | undefined): string | undefined {
  if (user === undefined || password === undefined) return undefined
  return btoa(String.fromCharCode(...new TextEncoder().encode(`${user}:${password}`)))
}

function escapeFor(place: TemplatePlace, value: string, asked: string): string {
  switch (place) {
    case 'url':
      // `..` means another path even when it is percent-encoded (URL Standard, "double-dot path segment").
      if (/^\.{1,2}$/u.test(value)) throw new AppError('invalid-input', { field: `{${asked}}` })
      return percent(value)
    case 'query':
      return percent(value)
    case 'form':
      return percent(value).replaceAll('%20', '+')
    case 'json':
      return JSON.stringify(value.toWellFormed()).slice(1, -1)
    case 'header':
      if (!/^[\t\u0020-\u007e]*$/u.test(value)) throw new AppError('invalid-input', { field: `{${asked}}` })
      return value
    case 'none':
      return value.toWellFormed()
  }
}

/** Everything but letters, digits, `-`, `.`, `_` and `~` (RFC 3986 §2.3). */
function percent(value: string): string {
  return encodeURIComponent(value.toWellFormed()).replace(
    /[!'()*]/gu,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
