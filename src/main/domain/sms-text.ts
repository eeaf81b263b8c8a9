import { messages } from '../../shared/i18n'
import type { Language } from '../../shared/model/common'
import { gsmLength } from './gsm-alphabet'
import { fillWords, onOneLine } from './message-words'

/** One message over the air holds this much (3GPP TS 23.040 §9.2.3.16): 140 octets. */
const limits = { ja: 70, en: 160 } as const

/**
 * The message with a code: who sends it, how long it lasts, and whom to tell it. Japanese takes one message of UCS-2, English one of the
 * GSM alphabet; a longer name of the organisation is cut, and one that the alphabet cannot write gives way to "Help desk".
 */
export function codeText(
  language: Language,
  message: { readonly code: string; readonly minutes: number; readonly organisation: string },
): string {
  const { sms } = messages[language].messages
  const { code, minutes, organisation } = message
  return fitted(language, sms.code, { code, minutes: String(minutes) }, organisation)
}

/** The message with a code that the desk will say, so that whoever cannot say it is known for a stranger; as long as {@link codeText}. */
export function reverseText(
  language: Language,
  { code, organisation }: { readonly code: string; readonly organisation: string },
): string {
  return fitted(language, messages[language].messages.sms.reverse, { code }, organisation)
}

function fitted(
  language: Language,
  template: string,
  values: Readonly<Record<string, string>>,
  organisation: string,
): string {
  const measure = language === 'ja' ? (text: string): number | null => text.length : gsmLength
  const fill = (name: string): string => fillWords(template, { ...values, organisation: name })
  const room = limits[language] - (measure(fill('')) ?? 0)
  const name = nameWithin(plainName(organisation, language), room, measure)
  return fill(name || messages[language].messages.helpDesk)
}

/** One line; in English letters that the GSM alphabet lacks become what they are without their marks. */
function plainName(name: string, language: Language): string {
  const line = onOneLine(name)
  if (language === 'ja') return line
  return [...line].map((letter) => (gsmLength(letter) === null ? unmarked(letter) : letter)).join('')
}

function unmarked(letter: string): string {
  return letter.normalize('NFKD').replace(/\p{M}/gu, '')
}

/** The name, or as much of it as fits with an ellipsis, between characters as people see them; empty when it cannot be written. */
function nameWithin(name: string, room: number, measure: (text: string) => number | null): string {
  const length = measure(name)
  if (length === null) return ''
  if (length <= room) return name

  // `…` is not in the GSM alphabet.
  const mark = measure('…') === null ? '...' : '…'
  let cut = ''
  for (const { segment } of new Intl.Segmenter().segment(name)) {
    if ((measure(`${cut}${segment}${mark}`) ?? Infinity) > room) break
    cut += segment
  }
  return `${cut.trimEnd()}${mark}`
}
