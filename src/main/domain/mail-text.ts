import { messages } from '../../shared/i18n'
import type { Language } from '../../shared/model/common'
import { fillWords, onOneLine } from './message-words'

/** Subject on one line, and a plain body without any link. The code is in the body alone: a subject stands on locked screens. */
export interface MailText {
  readonly subject: string
  readonly text: string
}

/** The mail with a code. */
export function codeMail(
  language: Language,
  message: { readonly code: string; readonly minutes: number; readonly organisation: string },
): MailText {
  const { mail } = messages[language].messages
  return worded(language, mail.subject, mail.code, { ...message, minutes: String(message.minutes) })
}

/** The mail with the code that the desk will say. */
export function reverseMail(
  language: Language,
  message: { readonly code: string; readonly organisation: string },
): MailText {
  const { mail } = messages[language].messages
  return worded(language, mail.reverseSubject, mail.reverse, message)
}

function worded(
  language: Language,
  subject: string,
  text: string,
  values: Readonly<Record<string, string>> & { readonly organisation: string },
): MailText {
  const organisation = onOneLine(values.organisation) || messages[language].messages.helpDesk
  return { subject: fillWords(subject, { organisation }), text: fillWords(text, { ...values, organisation }) }
}
