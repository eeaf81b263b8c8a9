import { AppError } from '../../../shared/errors'
import type { Language } from '../../../shared/model/common'
import type { DeliveryState } from '../../../shared/model/verification'
import type { VoiceConfig } from '../../config'
import { escapeXml } from '../../domain/gateway-template'
import type { Log } from '../../log'
import type { CodeGateway, SecretReader } from '../code-gateway'
import { createTemplateCaller, valueAt } from '../http/template-caller'

type Delivery = NonNullable<VoiceConfig['delivery']>
type CallState = Exclude<DeliveryState, 'sending'>

/** Calls that are followed at once; the oldest is forgotten first. */
const remembered = 500

/** In the order in which a call goes through them: it never goes back, whatever a late answer says. */
const order: Readonly<Record<CallState, number>> = {
  unknown: 0,
  accepted: 1,
  ringing: 2,
  answered: 3,
  busy: 4,
  'no-answer': 4,
  failed: 4,
  delivered: 4,
}

/** What became of a call that its gateway has forgotten, by how it last was. */
const whenGone: Readonly<Record<CallState, CallState>> = {
  unknown: 'unknown',
  accepted: 'failed',
  ringing: 'no-answer',
  answered: 'delivered',
  busy: 'busy',
  'no-answer': 'no-answer',
  failed: 'failed',
  delivered: 'delivered',
}

/** Any gateway that calls and speaks and is asked over HTTP, as the configuration describes it (`VoiceSettings`). */
export function createHttpVoiceGateway(config: VoiceConfig, readSecret: SecretReader, log: Log): CodeGateway {
  const { delivery, sender } = config
  const caller = createTemplateCaller('voice', config, readSecret, log)
  /** How each call last was, by the gateway's id: one that forgets its calls does not say how they ended. */
  const seen = new Map<string, CallState>()

  function remember(messageId: string, state: CallState): CallState {
    const before = seen.get(messageId) ?? 'unknown'
    const now = order[state] > order[before] ? state : before
    seen.delete(messageId)
    seen.set(messageId, now)
    const [oldest] = seen.keys()
    if (seen.size > remembered && oldest !== undefined) seen.delete(oldest)
    return now
  }

  return {
    channel: 'voice',
    tellsDelivery: delivery !== null && config.idPath !== '',

    async send({ id, to, extension, text, code, language }) {
      const receipt = await caller.send(
        new Map([
          ['id', id],
          ['to', to],
          ['digits', to.replace(/^\+/u, '')],
          ['extension', extension],
          ['text', text],
          ['spokenText', escapeXml(text)],
          ['code', code],
          ['language', spokenLanguage(language, config)],
          ['sender', sender],
        ]),
      )
      if (receipt.messageId !== null) remember(receipt.messageId, 'accepted')
      return receipt
    },

    async delivery(messageId) {
      if (delivery === null) return 'unknown'
      const answer = await caller.ask(delivery.url, messageId)
      if (answer.kind === 'lost') return 'unknown'
      const { status, text } = answer
      if (delivery.goneStatuses.includes(status)) {
        return remember(messageId, whenGone[seen.get(messageId) ?? 'unknown'])
      }
      if (status < 200 || status > 299) throw new AppError('voice-refused', { status })
      const said = valueAt(text, delivery.statePath)
      return said === null ? 'unknown' : remember(messageId, stateOf(said, delivery))
    },

    reach: () => caller.reach(),
  }
}

/** BCP 47, as speech wants it. */
function spokenLanguage(language: Language, { englishVoice }: VoiceConfig): string {
  return language === 'ja' ? 'ja-JP' : englishVoice
}

function stateOf(said: string, { ringing, answered, delivered, busy, noAnswer, failed }: Delivery): CallState {
  if (delivered.includes(said)) return 'delivered'
  if (busy.includes(said)) return 'busy'
  if (noAnswer.includes(said)) return 'no-answer'
  if (failed.includes(said)) return 'failed'
  if (answered.includes(said)) return 'answered'
  return ringing.includes(said) ? 'ringing' : 'accepted'
}
