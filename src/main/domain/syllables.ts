/**
 * The sounds of temporary passwords: one consonant letter and one vowel letter that readers of Japanese and of English say nearly
 * alike, with its kana. Left out: `o` and `l` (look like 0 and 1), `si ti tu hu zi` (two spellings), `c q v x` and syllables with
 * a soft English `g`.
 */
const kanaOf: ReadonlyMap<string, string> = new Map([
  ['ka', 'か'],
  ['ki', 'き'],
  ['ku', 'く'],
  ['ke', 'け'],
  ['sa', 'さ'],
  ['su', 'す'],
  ['se', 'せ'],
  ['ta', 'た'],
  ['te', 'て'],
  ['na', 'な'],
  ['ni', 'に'],
  ['nu', 'ぬ'],
  ['ne', 'ね'],
  ['ha', 'は'],
  ['hi', 'ひ'],
  ['he', 'へ'],
  ['fu', 'ふ'],
  ['fa', 'ふぁ'],
  ['fi', 'ふぃ'],
  ['fe', 'ふぇ'],
  ['ma', 'ま'],
  ['mi', 'み'],
  ['mu', 'む'],
  ['me', 'め'],
  ['ya', 'や'],
  ['yu', 'ゆ'],
  ['ra', 'ら'],
  ['ri', 'り'],
  ['ru', 'る'],
  ['re', 'れ'],
  ['wa', 'わ'],
  ['we', 'うぇ'],
  ['ga', 'が'],
  ['gu', 'ぐ'],
  ['za', 'ざ'],
  ['zu', 'ず'],
  ['ze', 'ぜ'],
  ['ja', 'じゃ'],
  ['ji', 'じ'],
  ['ju', 'じゅ'],
  ['da', 'だ'],
  ['de', 'で'],
  ['ba', 'ば'],
  ['bi', 'び'],
  ['bu', 'ぶ'],
  ['be', 'べ'],
  ['pa', 'ぱ'],
  ['pi', 'ぴ'],
  ['pu', 'ぷ'],
  ['pe', 'ぺ'],
])

export const syllables: readonly string[] = [...kanaOf.keys()]

/** Their first letter is a capital: none that is read as a digit (B 8, D 0, G 6, S 5, Z 2). */
export const firstSyllables: readonly string[] = syllables.filter((syllable) => !/^[bdgsz]/u.test(syllable))

/** No 0 and 1: they are read as O, l and I. */
export const digits: readonly string[] = ['2', '3', '4', '5', '6', '7', '8', '9']

/** Kana of a syllable in any case; `null` when it is none of ours. */
export function readingOf(syllable: string): string | null {
  return kanaOf.get(syllable.toLowerCase()) ?? null
}

/** Words nobody wants to read out to a caller, in either language, that these syllables can form. */
const unfitWords =
  /baka|busu|debu|gaki|hage|hebe|japa|jiji|kasu|kike|kusa|manuke|niga|nigu|penisu|puta|rape|sekusu|sukebe/u

/** Whether a password forms such a word. */
export function isUnfit(password: string): boolean {
  return unfitWords.test(password.toLowerCase())
}
