import type { Language } from '../../shared/model/common'
import type { CodeChannel } from '../../shared/model/verification'
import { codeMail, reverseMail } from './mail-text'
import type { MailText } from './mail-text'
import { codeText, reverseText } from './sms-text'
import { spokenCode, spokenReverse } from './voice-text'

/**
 * What a message says on its channel, in the person's language; the subject is empty but for mails. `reverse`: the desk will say the code;
 * otherwise the person says it.
 */
export function codeWords(
  channel: CodeChannel,
  purpose: 'check' | 'enrol' | 'reverse',
  language: Language,
  message: { readonly code: string; readonly minutes: number; readonly organisation: string },
): MailText {
  const isReverse = purpose === 'reverse'
  if (channel === 'mail') return isReverse ? reverseMail(language, message) : codeMail(language, message)
  if (channel === 'voice') {
    return { subject: '', text: isReverse ? spokenReverse(language, message) : spokenCode(language, message) }
  }
  return { subject: '', text: isReverse ? reverseText(language, message) : codeText(language, message) }
}
