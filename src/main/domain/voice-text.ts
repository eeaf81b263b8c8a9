import { messages } from '../../shared/i18n'
import type { Language } from '../../shared/model/common'
import { fillWords, onOneLine } from './message-words'

/** As much of a name as anybody listens to. */
const nameLimit = 60

/** What a call with a code says: who calls, the digits one by one and slowly, twice, and whom to tell them. */
export function spokenCode(
  language: Language,
  message: { readonly code: string; readonly organisation: string },
): string {
  return spoken(language, messages[language].messages.voice.code, message)
}

/** The call before the desk's own: the code that the desk will say. */
export function spokenReverse(
  language: Language,
  message: { readonly code: string; readonly organisation: string },
): string {
  return spoken(language, messages[language].messages.voice.reverse, message)
}

function spoken(
  language: Language,
  template: string,
  { code, organisation }: { readonly code: string; readonly organisation: string },
): string {
  const { voice } = messages[language].messages
  const digits = [...code].map((digit) => fillWords(voice.digit, { digit: voice.digits[Number(digit)] ?? '' })).join('')
  const name = [...onOneLine(organisation)].slice(0, nameLimit).join('').trim()
  const caller = name === '' ? voice.callerUnnamed : fillWords(voice.caller, { organisation: name })
  return fillWords(template, { caller, digits })
}
