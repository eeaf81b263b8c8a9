import type { Entry } from 'ldapts'

/**
 * The attributes of one entry, as asked for. Names are compared without case; anything that was not asked for is dropped,
 * because the server chooses the names (`__proto__`) and ldapts keys a plain object by them.
 */
export class Attributes {
  readonly dn: string
  readonly #entry: Entry
  readonly #asked: ReadonlySet<string>
  #held: { values: Map<string, readonly (string | Buffer)[]>; ranges: Map<string, number> } | null = null

  constructor(entry: Entry, asked: ReadonlySet<string>) {
    this.dn = entry.dn
    this.#entry = entry
    this.#asked = asked
  }

  has(name: string): boolean {
    return this.#hold().values.has(name.toLowerCase())
  }

  /** Values as text; bytes that are not UTF-8 are left out. */
  texts(name: string): string[] {
    const values = this.#list(name)
    return values.filter((value): value is string => typeof value === 'string')
  }

  /** First value as text, or the empty string. */
  text(name: string): string {
    return this.#list(name).find((value): value is string => typeof value === 'string') ?? ''
  }

  /** First non-empty text among these attributes, for people to read: see {@link readable}. */
  first(...names: readonly string[]): string {
    for (const name of names) {
      const value = readable(this.text(name))
      if (value !== '') return value
    }
    return ''
  }

  /** Values of an attribute that was asked for as bytes. */
  buffers(name: string): Buffer[] {
    const values = this.#list(name)
    return values.map((value) => (typeof value === 'string' ? Buffer.from(value) : value))
  }

  /** A 32-bit number such as `userAccountControl`; `null` where there is none. */
  number(name: string): number | null {
    const value = this.text(name)
    return /^-?\d{1,10}$/u.test(value) ? Number(value) : null
  }

  /** A 64-bit number such as `pwdLastSet`: FILETIMEs exceed what a JavaScript number can hold. */
  bigint(name: string): bigint | null {
    const value = this.text(name)
    return /^-?\d{1,20}$/u.test(value) ? BigInt(value) : null
  }

  /** Index of the last value that a ranged answer held; `null`: everything is here. */
  lastOfRange(name: string): number | null {
    return this.#hold().ranges.get(name.toLowerCase()) ?? null
  }

  #list(name: string): readonly (string | Buffer)[] {
    const key = name.toLowerCase()
    if (this.#held === null && this.#asked.has(key) && Object.hasOwn(this.#entry, name)) {
      const value = this.#entry[name] ?? []
      if (!Array.isArray(value)) return [value]
      if (value.length > 0) return value
    }
    return this.#hold().values.get(key) ?? []
  }

  /** Sorted into a map when first needed: a scan of a whole directory hands on many entries that nobody looks into. */
  #hold(): { values: Map<string, readonly (string | Buffer)[]>; ranges: Map<string, number> } {
    if (this.#held !== null) return this.#held
    const values = new Map<string, readonly (string | Buffer)[]>()
    const ranges = new Map<string, number>()
    for (const name of Object.keys(this.#entry)) {
      const value = this.#entry[name] ?? []
      const list = Array.isArray(value) ? value : [value]
      const key = name.toLowerCase()
      if (list.length === 0) continue
      if (this.#asked.has(key)) values.set(key, list)
      // Active Directory answers `member;range=0-1499` (or `-*` at the end) where `member` was asked for (MS-ADTS 3.1.1.3.1.3.3).
      const [, attribute = '', last = ''] = /^([^;]+);range=\d+-(\d+|\*)$/u.exec(key) ?? []
      if (!this.#asked.has(attribute)) continue
      values.set(attribute, list)
      if (last !== '*') ranges.set(attribute, Number(last))
    }
    this.#held = { values, ranges }
    return this.#held
  }
}

/** Attribute names as {@link Attributes} compares them. */
export function askedFor(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map((name) => name.toLowerCase()))
}

const filetimeEpoch = 116_444_736_000_000_000n
/** "Never" in Active Directory (MS-ADTS 3.1.1.4.5.24). */
export const filetimeNever = 0x7fff_ffff_ffff_ffffn

/** FILETIME (100 ns since 1601, UTC) as an instant; `null` for 0, "never" and what no date can hold. */
export function filetimeToInstant(filetime: bigint | null): string | null {
  if (filetime === null || filetime <= 0n || filetime >= filetimeNever) return null
  const milliseconds = Number((filetime - filetimeEpoch) / 10_000n)
  return Math.abs(milliseconds) > 8.64e15 ? null : isoOrNull(milliseconds)
}

/** Intervals in Active Directory are negative counts of 100 ns; 0 and the most negative value mean "none". */
export function intervalSeconds(interval: bigint | null): number {
  if (interval === null || interval >= 0n || interval <= -filetimeNever) return 0
  return Number(-interval / 10_000_000n)
}

/** GeneralizedTime of RFC 4517 §3.3.13, with optional minutes, seconds, fraction and zone, as an instant. */
export function generalizedTimeToInstant(value: string): string | null {
  const match =
    /^(\d{4})(0[1-9]|1[0-2])([0-2]\d|3[01])([01]\d|2[0-3])(?:([0-5]\d)([0-5]\d|60)?)?(?:[.,](\d+))?(Z|[+-]\d{2}(?:\d{2})?)$/u.exec(
      value,
    )
  if (match === null) return null
  const [, year, month, day, hour, minute, second, fraction, zone = 'Z'] = match
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  date.setUTCHours(Number(hour), Number(minute ?? 0), Number(second ?? 0))
  if (date.getUTCDate() !== Number(day) && Number(second ?? 0) < 60 && date.getUTCMonth() !== Number(month) - 1)
    return null
  const unit = second !== undefined ? 1000 : minute !== undefined ? 60_000 : 3_600_000
  const part = fraction === undefined ? 0 : Math.floor(Number(`0.${fraction}`) * unit)
  const offset =
    zone === 'Z' ? 0 : Number(zone.slice(0, 3)) * 60 + Math.sign(Number(`${zone[0]}1`)) * Number(zone.slice(3))
  return isoOrNull(date.getTime() + part - offset * 60_000)
}

function isoOrNull(milliseconds: number): string | null {
  const date = new Date(milliseconds)
  // Years beyond 9999 or before 0 have another ISO form, which the models refuse.
  const year = date.getUTCFullYear()
  return Number.isNaN(year) || year > 9999 || year < 0 ? null : date.toISOString()
}

/** objectGUID bytes as text: the first three groups are little-endian (MS-DTYP 2.3.4.2). */
export function guidFromBytes(bytes: Uint8Array): string {
  if (bytes.length !== 16) throw new RangeError(`a GUID has 16 bytes, not ${bytes.length}`)
  const hex = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15].map((index) =>
    (bytes[index] ?? 0).toString(16).padStart(2, '0'),
  )
  const group = (from: number, to: number): string => hex.slice(from, to).join('')
  return [group(0, 4), group(4, 6), group(6, 8), group(8, 10), group(10, 16)].join('-')
}

/** objectSid bytes as `S-1-…` (MS-DTYP 2.4.2). */
export function sidFromBytes(bytes: Buffer): string {
  const count = bytes[1] ?? 0
  if (bytes.length < 8 || bytes.length !== 8 + 4 * count) throw new RangeError('not a SID')
  const parts = Array.from({ length: count }, (_, index) => bytes.readUInt32LE(8 + 4 * index))
  return ['S', bytes[0], bytes.readUIntBE(2, 6), ...parts].join('-')
}

/** Longest text of the directory that anybody is shown; real names and titles are far below. */
const readableLimit = 256

/**
 * A text of the directory as people may see it: one line of at most 256 characters, without those that turn the direction of
 * what stands beside them or take no room (UAX #9, UTR #36 §2.10): a caller who may edit their own name could otherwise look
 * like somebody else on the agent's screen.
 */
export function readable(text: string): string {
  const line = text
    .replace(/[\p{Bidi_Control}\u200b\u2060\ufeff]/gu, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
  // By code points: half a surrogate pair is no text.
  return line.length <= readableLimit
    ? line
    : `${[...line.slice(0, 2 * readableLimit)].slice(0, readableLimit - 1).join('')}…`
}

/** Only the last four digits are shown, the rest as dots; of an extension the last two at most, which are not most of it. */
export function maskNumber(number: string): string {
  const digits = number.replace(/\D/gu, '')
  const shown = digits.length >= 8 ? 4 : digits.length > 4 ? 2 : 0
  return `••••${digits.slice(digits.length - shown)}`
}
