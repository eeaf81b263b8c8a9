import { AppError } from '../../shared/errors'
import type { PersonSummary } from '../../shared/model/person'

/** Han, kana: one such character already narrows a search (DESIGN.md §6). */
const eastAsian = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー々〆]/u
const eastAsianOnly = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー々〆]+$/u

/** One word of a query and the spellings under which a directory may hold it. */
export interface QueryWord {
  /** As typed, folded (NFKC): full-width Latin and half-width kana become the usual ones. */
  readonly text: string
  /** `text`, as typed, and both kana: what is tried for names and readings. */
  readonly spellings: readonly string[]
  /** Ways to cut a name typed without a space into family and given name: `山田花子`. */
  readonly cuts: readonly (readonly [family: string, given: string])[]
}

const longestCut = 10

function toKatakana(text: string): string {
  return text.replace(/[\u3041-\u3096]/gu, (character) => String.fromCharCode(character.charCodeAt(0) + 0x60))
}

function toHiragana(text: string): string {
  return text.replace(/[\u30a1-\u30f6]/gu, (character) => String.fromCharCode(character.charCodeAt(0) - 0x60))
}

function kanaSpellings(text: string): string[] {
  return [...new Set([text, toHiragana(text), toKatakana(text)])]
}

function cutsOf(text: string): (readonly [string, string])[] {
  const characters = [...text]
  if (!eastAsianOnly.test(text) || characters.length < 2 || characters.length > longestCut) return []
  return characters.slice(1).map((_, index) => {
    const at = index + 1
    return [characters.slice(0, at).join(''), characters.slice(at).join('')] as const
  })
}

/**
 * Words of what somebody typed. Throws `search-too-short` below two Latin letters or digits, or one kanji or kana: less
 * would match half the directory and use no index. Control characters part words like spaces: servers written in C end a
 * value at NUL, and would then match everybody.
 */
export function parseQuery(query: string): QueryWord[] {
  const typed = query
    .normalize('NFC')
    .split(/[\s\p{Cc}]+/u)
    .filter(Boolean)
  const words = typed.map((word) => {
    const text = word.normalize('NFKC')
    return { text, spellings: [...new Set([...kanaSpellings(text), word])], cuts: cutsOf(text) }
  })
  if (!words.some(({ text }) => eastAsian.test(text) || [...text].length >= 2)) throw new AppError('search-too-short')
  return words
}

/** Both kana of a reading that was cut: `さとう` and `サトウ`. */
export function readingSpellings(text: string): string[] {
  return kanaSpellings(text)
}

const collator = new Intl.Collator('ja', { numeric: true })

/** By reading, then name: the order in which people look for a person. */
export function inOrder<T extends Pick<PersonSummary, 'name' | 'reading' | 'userId'>>(people: readonly T[]): T[] {
  return people.toSorted(
    (a, b) =>
      collator.compare(a.reading || a.name, b.reading || b.name) ||
      collator.compare(a.name, b.name) ||
      collator.compare(a.userId, b.userId),
  )
}
