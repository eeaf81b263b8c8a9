import type { SpelledCharacter } from '../../shared/model/reset'
import { readingOf } from './syllables'

/**
 * How to say a password, one entry per syllable, digit or sign. English by the ICAO alphabet; Japanese by the names that help
 * desks use on the phone, with the kana of the syllable. Case is said once per run of letters.
 */
export function spell(password: string): SpelledCharacter[] {
  return tokens(password).map((text) => ({ text, ja: sayInJapanese(text), en: sayInEnglish(text) }))
}

interface LetterNames {
  readonly en: string
  readonly ja: string
}

const letters: ReadonlyMap<string, LetterNames> = new Map([
  ['a', { en: 'Alfa', ja: 'アメリカ' }],
  ['b', { en: 'Bravo', ja: 'ブラジル' }],
  ['c', { en: 'Charlie', ja: 'チャイナ' }],
  ['d', { en: 'Delta', ja: 'デンマーク' }],
  ['e', { en: 'Echo', ja: 'エジプト' }],
  ['f', { en: 'Foxtrot', ja: 'フランス' }],
  ['g', { en: 'Golf', ja: 'ゴルフ' }],
  ['h', { en: 'Hotel', ja: 'ホテル' }],
  ['i', { en: 'India', ja: 'イタリア' }],
  ['j', { en: 'Juliett', ja: 'ジャパン' }],
  ['k', { en: 'Kilo', ja: 'キング' }],
  ['l', { en: 'Lima', ja: 'ロンドン' }],
  ['m', { en: 'Mike', ja: 'メキシコ' }],
  ['n', { en: 'November', ja: '日本' }],
  ['o', { en: 'Oscar', ja: '大阪' }],
  ['p', { en: 'Papa', ja: 'パリ' }],
  ['q', { en: 'Quebec', ja: 'クイーン' }],
  ['r', { en: 'Romeo', ja: 'ローマ' }],
  ['s', { en: 'Sierra', ja: 'スペイン' }],
  ['t', { en: 'Tango', ja: '東京' }],
  ['u', { en: 'Uniform', ja: 'ユニオン' }],
  ['v', { en: 'Victor', ja: 'ビクトリー' }],
  ['w', { en: 'Whiskey', ja: 'ワシントン' }],
  ['x', { en: 'X-ray', ja: 'エックスレイ' }],
  ['y', { en: 'Yankee', ja: '横浜' }],
  ['z', { en: 'Zulu', ja: 'ゼブラ' }],
])

const signs: ReadonlyMap<string, LetterNames> = new Map([
  ['0', { en: 'digit zero', ja: '数字の0（ゼロ）' }],
  ['1', { en: 'digit one', ja: '数字の1（いち）' }],
  ['2', { en: 'digit two', ja: '数字の2（に）' }],
  ['3', { en: 'digit three', ja: '数字の3（さん）' }],
  ['4', { en: 'digit four', ja: '数字の4（よん）' }],
  ['5', { en: 'digit five', ja: '数字の5（ご）' }],
  ['6', { en: 'digit six', ja: '数字の6（ろく）' }],
  ['7', { en: 'digit seven', ja: '数字の7（なな）' }],
  ['8', { en: 'digit eight', ja: '数字の8（はち）' }],
  ['9', { en: 'digit nine', ja: '数字の9（きゅう）' }],
  ['-', { en: 'hyphen', ja: 'ハイフン（横棒）' }],
])

/** Our syllables whole where letters come in pairs of them, everything else by character. */
function tokens(password: string): string[] {
  return password.split(/(?<=\P{L})|(?=\P{L})/u).flatMap((run) => {
    const pairs = run.match(/../gu) ?? []
    const isOurs = pairs.join('') === run && pairs.every((pair) => readingOf(pair) !== null)
    return isOurs ? pairs : [...run]
  })
}

function sayInEnglish(text: string): string {
  return say(text, 'en', { upper: 'capital ', lower: 'lower ', between: ', ' }, ({ en }) => en)
}

function sayInJapanese(text: string): string {
  const reading = readingOf(text)
  const words = { upper: '大文字 ', lower: '小文字 ', between: '、' }
  const said = say(text, 'ja', words, ({ ja }, letter) => `${ja}の${letter}`)
  return reading === null ? said : `${said}「${reading}」`
}

function say(
  text: string,
  language: 'ja' | 'en',
  words: { readonly upper: string; readonly lower: string; readonly between: string },
  name: (names: LetterNames, letter: string) => string,
): string {
  let lastCase = ''
  const said = [...text].map((character) => {
    const names = letters.get(character.toLowerCase())
    // A sign that has no name here is shown as it is: the agent sees it on screen.
    if (names === undefined) return signs.get(character)?.[language] ?? character

    const thisCase = character === character.toLowerCase() ? words.lower : words.upper
    const prefix = thisCase === lastCase ? '' : thisCase
    lastCase = thisCase
    return prefix + name(names, character)
  })
  return said.join(words.between)
}
