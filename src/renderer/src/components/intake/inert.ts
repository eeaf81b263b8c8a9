/**
 * What a mail says, as it may stand on screen: characters that turn the order of others around (UAX #9 embeddings, overrides
 * and isolates: `txt.exe` could read `exe.txt`) and control characters are shown by their number; line breaks and tabs stay.
 */
export function inert(text: string): string {
  return text.replace(/(?![\t\n\r])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    return `⟨U+${code}⟩`
  })
}
