import { AppError } from '../../../shared/errors'
import type { DeliveryState } from '../../../shared/model/verification'
import type { SmsConfig } from '../../config'
import { gsmLength } from '../../domain/gsm-alphabet'
import type { Log } from '../../log'
import type { CodeGateway, SecretReader } from '../code-gateway'
import { createTemplateCaller, valueAt } from '../http/template-caller'

/** Any SMS gateway that takes messages over HTTP, as the configuration describes it (`SmsSettings`). */
export function createHttpSmsGateway(config: SmsConfig, readSecret: SecretReader, log: Log): CodeGateway {
  const { delivery, sender } = config
  const caller = createTemplateCaller('sms', config, readSecret, log)

  return {
    channel: 'sms',
    tellsDelivery: delivery !== null && config.idPath !== '',

    async send({ id, to, text, code, language }) {
      const unicode = gsmLength(text) === null
      return caller.send(
        new Map([
          ['id', id],
          ['to', to],
          ['digits', to.replace(/^\+/u, '')],
          ['text', text],
          ['code', code],
          ['language', language],
          ['sender', sender],
          ['coding', unicode ? '2' : '0'],
          ['alphabet', unicode ? 'unicode' : 'text'],
        ]),
      )
    },

    async delivery(messageId) {
      if (delivery === null) return 'unknown'
      const answer = await caller.ask(delivery.url, messageId)
      if (answer.kind === 'lost') return 'unknown'
      if (answer.status < 200 || answer.status > 299) throw new AppError('sms-refused', { status: answer.status })
      return stateOf(valueAt(answer.text, delivery.statePath), delivery)
    },

    reach: () => caller.reach(),
  }
}

function stateOf(
  said: string | null,
  { delivered, failed }: NonNullable<SmsConfig['delivery']>,
): Extract<DeliveryState, 'accepted' | 'delivered' | 'failed' | 'unknown'> {
  if (said === null) return 'unknown'
  if (delivered.includes(said)) return 'delivered'
  return failed.includes(said) ? 'failed' : 'accepted'
}
