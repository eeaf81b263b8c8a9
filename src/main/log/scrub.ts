import { AppError } from '../../shared/errors'

/** Stands where something secret was. */
const redacted = '[redacted]'

const maxDepth = 8
const maxItems = 100
const maxText = 4000

/** Parts of field names whose values are secret wherever they stand, in lower case without `-` and `_`. */
const secretParts = [
  'password',
  'passwd',
  'passphrase',
  'passcode',
  'pwd',
  'secret',
  'token',
  'seed',
  'recoverykey',
  'privatekey',
  'installationkey',
  'typedkey',
  'credential',
  'authorization',
  'cookie',
  'otp',
  'spelling',
]
/** Names that are secret only when they are the whole name: as parts they would hide too much. */
const secretNames = new Set(['code', 'pin', 'key', 'answer', 'answers', 'qr', 'cipher', 'plain', 'pass'])

/**
 * A copy that can be written: secrets replaced by name at any depth, errors reduced to what tells the fault, bytes to their
 * length, cycles and depth cut. Never throws, never calls `toJSON`.
 */
export function scrub(value: unknown): unknown {
  return copy(value, 0, new Set())
}

/** A text without the secrets that libraries put into messages: `name=value` pairs, otpauth URLs, quoted JSON. */
export function scrubText(text: string): string {
  const cut = text.length > maxText ? `${text.slice(0, maxText)}…` : text
  return cut
    .replace(/otpauth:\/\/\S+/giu, redacted)
    .replace(
      /((?:password|passwd|passphrase|passcode|pwd|secret|token|seed|recovery[ _-]?key|\bcode|\bpin)"?\s*[=:]\s*)("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s,;)}\]]+)/giu,
      `$1${redacted}`,
    )
}

function copy(value: unknown, depth: number, above: Set<object>): unknown {
  if (typeof value === 'string') return scrubText(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`
  if (typeof value !== 'object' || value === null) return value
  if (above.has(value)) return '[cycle]'
  if (depth >= maxDepth) return '[deep]'
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '[invalid date]' : value.toISOString()

  const path = new Set(above).add(value)
  if (value instanceof Error) return copyError(value, depth, path)
  if (value instanceof Map) return copyEntries([...value], depth, path)
  if (value instanceof Set) return copyList([...value], depth, path)
  if (Array.isArray(value)) return copyList(value, depth, path)
  return copyEntries(entriesOf(value), depth, path)
}

function copyList(items: readonly unknown[], depth: number, above: Set<object>): unknown[] {
  const kept = items.slice(0, maxItems).map((item) => copy(item, depth + 1, above))
  return items.length > maxItems ? [...kept, `[${items.length - maxItems} more]`] : kept
}

function copyEntries(entries: readonly (readonly [unknown, unknown])[], depth: number, above: Set<object>): object {
  const result: Record<string, unknown> = { __proto__: null }
  for (const [key, value] of entries.slice(0, maxItems)) {
    const name = String(key)
    result[name] = isSecretName(name) && holdsSomething(value) ? redacted : copy(value, depth + 1, above)
  }
  return result
}

/** A getter that throws must not stop the line. */
function entriesOf(value: object): [string, unknown][] {
  return Object.keys(value).map((key) => {
    try {
      return [key, Reflect.get(value, key)]
    } catch {
      return [key, '[unreadable]']
    }
  })
}

/** Whether a field of this name must not be written. */
function isSecretName(name: string): boolean {
  const folded = name.toLowerCase().replace(/[-_\s]/gu, '')
  return secretNames.has(folded) || secretParts.some((part) => folded.includes(part))
}

/** Booleans and nothing at all tell no secret: `pwdReset: true`, `passwordNeverExpires: false`. */
function holdsSomething(value: unknown): boolean {
  return value !== null && value !== undefined && typeof value !== 'boolean'
}

/**
 * Name, code, message without secrets, stack frames, causes. Other own properties of a library's error stay out: ldapts and
 * others may hang the request on it.
 */
function copyError(error: Error, depth: number, above: Set<object>): object {
  const code: unknown = Reflect.get(error, 'code')
  const result: Record<string, unknown> = { name: error.name }
  if (typeof code === 'number' || (typeof code === 'string' && /^[\w.-]{1,60}$/u.test(code))) result['code'] = code
  if (error instanceof AppError) result['params'] = copy(error.params, depth + 1, above)
  else result['message'] = scrubText(messageOf(error))
  result['stack'] = framesOf(error)
  if (error.cause !== undefined) result['cause'] = copy(error.cause, depth + 1, above)
  if (error instanceof AggregateError) result['errors'] = copyList(error.errors, depth + 1, above)
  return result
}

/** A SyntaxError of `JSON.parse` quotes what it read (`"…" is not valid JSON`); that may be anything. */
function messageOf(error: Error): string {
  return error instanceof SyntaxError ? error.message.replace(/"[\s\S]*"/u, redacted) : error.message
}

/** The stack repeats the message in its first lines; frames alone are free of data. */
function framesOf(error: Error): string[] {
  return (error.stack ?? '')
    .split('\n')
    .filter((text) => /^\s+at /u.test(text))
    .slice(0, 20)
    .map((text) => text.trim())
}
