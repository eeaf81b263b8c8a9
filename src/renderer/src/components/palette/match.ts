/**
 * A text as it is compared: width, case, and katakana against hiragana make no difference (`ロック`, `ﾛｯｸ` and `ろっく` are one).
 */
export function fold(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[ァ-ヶ]/gu, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
    .replace(/\s+/gu, ' ')
    .trim()
}

/** How well a text answers a query; higher is better, 0 is not at all. */
const best = { whole: 5, start: 4, wordStart: 3, inside: 2, initials: 1 } as const

/**
 * How well any of these texts answers what was typed: every word of it must be found. A word counts as the whole, the start,
 * the start of a word, anywhere inside, or the first letters of the words (`nr` for "New request"): predictable before it is
 * clever, for Enter takes what stands first.
 */
export function score(query: string, texts: readonly string[]): number {
  const words = fold(query).split(' ').filter(Boolean)
  if (words.length === 0) return 0
  const folded = texts.map(fold)
  const scores = words.map((word) => Math.max(0, ...folded.map((text) => wordScore(word, text))))
  return scores.includes(0) ? 0 : scores.reduce((sum, one) => sum + one, 0) / scores.length
}

function wordScore(word: string, text: string): number {
  if (text === word) return best.whole
  if (text.startsWith(word)) return best.start
  const parts = text.split(/[\s、,・/()]+/u).filter(Boolean)
  if (parts.some((part) => part.startsWith(word))) return best.wordStart
  // One Latin letter is inside nearly everything; one kanji or kana is not.
  if ((word.length > 1 || /[^ -~]/u.test(word)) && text.includes(word)) return best.inside
  if (
    /^[a-z]{2,}$/u.test(word) &&
    parts
      .map((part) => part[0])
      .join('')
      .startsWith(word)
  )
    return best.initials
  return 0
}
