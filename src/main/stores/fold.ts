/** One spelling for searching: NFKC (wide and half-width forms), lower case, katakana as hiragana. */
function fold(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\u30a1-\u30f6]/gu, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
}

/** What a request can be found by: each text folded on a line of its own, without spaces, so that 佐藤美咲 finds 佐藤 美咲. */
export function searchText(...texts: readonly string[]): string {
  return texts.map((text) => fold(text).replace(/\s+/gu, '')).join('\n')
}

/** The folded words of a query. */
export function words(query: string): string[] {
  return fold(query)
    .split(/\s+/u)
    .filter((word) => word !== '')
}

/** The request number that a folded word may mean, such as `12` or `#12`; `null`: none. */
export function numberIn(word: string): number | null {
  const digits = /^#?(\d{1,9})$/u.exec(word)?.[1]
  return digits === undefined ? null : Number(digits)
}
