/** One spelling for searching: NFKC (wide and half-width forms), lower case, katakana as hiragana. */
function fold(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\u30a1-\u30f6]/gu, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
}

/** What a request can be found by: each text as it is and without spaces, so that 佐藤美咲 finds 佐藤 美咲. */
export function searchText(...texts: readonly string[]): string {
  return texts
    .map(fold)
    .flatMap((text) => [text, text.replace(/\s+/gu, '')])
    .join('\n')
}

/** The folded words of a query. */
export function words(query: string): string[] {
  return fold(query)
    .split(/\s+/u)
    .filter((word) => word !== '')
}

/** A LIKE pattern that contains this text and no wildcard of its own; used with `escape '\'`. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/gu, '\\$&')}%`
}
