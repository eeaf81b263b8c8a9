import { AppError } from '../../../shared/errors'
import type { DeliveryState } from '../../../shared/model/verification'
import type { SmsConfig } from '../../config'
import { gsmLength } from '../../domain/gsm-alphabet'
import { fillTemplate, secretsOf } from '../../domain/sms-template'
import type { SmsValues } from '../../domain/sms-template'
import type { Log } from '../../log'
import type { CodeGateway, CodeReceipt, SecretReader } from '../code-gateway'
import { targetOf } from './address'
import { callHttp, knock } from './http-call'
import type { HttpAnswer } from './http-call'

/** Said by something between us and the gateway: it may have acted all the same (RFC 9110 §15.6.3, §15.6.5). */
const notTheGatewaysWord: ReadonlySet<number> = new Set([502, 504])
/** The call itself sets these; a second one would let the other side read another request than this one (RFC 9112 §11.2). */
const ownHeaders: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** What a header says of one message has no meaning when its state is asked for. */
const ofOneMessage = /\{(?:to|digits|text|id|coding|alphabet)\}/u

/** A call as the configuration writes it, with its placeholders. */
interface Asked extends Pick<SmsConfig, 'url' | 'headers' | 'body'> {
  readonly method: string
}

/**
 * Any SMS gateway that takes messages over HTTP, as the configuration describes it (`SmsSettings`). Each call reads the secrets anew
 * and lets go of them; the log gets host, status and codes.
 */
export function createHttpSmsGateway(config: SmsConfig, readSecret: SecretReader, log: Log): CodeGateway {
  const { delivery, ca, timeoutMs } = config

  async function call(asked: Asked, values: SmsValues): Promise<HttpAnswer> {
    const { method, body } = asked
    const texts = [asked.url, body, ...asked.headers.map(({ value }) => value)]
    const known = new Map([...values, ...(await secretValues(texts, readSecret))])
    const target = targetOf(fillTemplate(asked.url, known, 'url'), config.allowedHosts)
    const headers: Record<string, string> = { Accept: '*/*', 'User-Agent': 'SSPR-Desk' }
    for (const { name, value } of asked.headers) {
      if (ownHeaders.has(name.toLowerCase())) throw new AppError('invalid-input', { field: name })
      headers[name] = fillTemplate(value, known, 'header')
    }
    if (body !== '' && config.contentType !== '') headers['Content-Type'] = config.contentType
    const filled = fillTemplate(body, known, config.escaping)
    const answer = await callHttp({ target, ca, timeoutMs, method, headers, body: filled })
    const said = answer.kind === 'answered' ? { status: answer.status } : { reason: answer.code }
    log.debug({ host: target.name, ...said }, 'the SMS gateway was called')
    return answer
  }

  return {
    channel: 'sms',
    tellsDelivery: delivery !== null && config.idPath !== '',

    async send({ id, to, text }) {
      const unicode = gsmLength(text) === null
      const values = new Map([
        ['id', id],
        ['to', to],
        ['digits', to.replace(/^\+/u, '')],
        ['text', text],
        ['sender', config.sender],
        ['coding', unicode ? '2' : '0'],
        ['alphabet', unicode ? 'unicode' : 'text'],
      ])
      const { url, method, headers } = config
      const body = method === 'GET' ? '' : config.body
      return receiptOf(await call({ url, method, headers, body }, values), config)
    },

    async delivery(messageId) {
      if (delivery === null) return 'unknown'
      const values = new Map([
        ['messageId', messageId],
        ['sender', config.sender],
      ])
      const headers = config.headers.filter(({ value }) => !ofOneMessage.test(value))
      const answer = await call({ url: delivery.url, method: 'GET', headers, body: '' }, values)
      if (answer.kind === 'lost') return 'unknown'
      if (answer.status < 200 || answer.status > 299) throw new AppError('sms-refused', { status: answer.status })
      return stateOf(valueAt(answer.text, delivery.statePath), delivery)
    },

    async reach() {
      // Secrets have no place before the path, so that none is needed to know whom to speak to.
      const origin = /^[^/?#]*:\/\/[^/?#]*/u.exec(config.url)?.[0] ?? config.url
      await secretValues([config.url, config.body, ...config.headers.map(({ value }) => value)], readSecret)
      await knock({ target: targetOf(origin, config.allowedHosts), ca, timeoutMs })
    },
  }
}

async function secretValues(texts: readonly string[], readSecret: SecretReader): Promise<[string, string][]> {
  const found: [string, string][] = []
  for (const name of secretsOf(texts)) {
    const value = await readSecret(`sms.${name}`)
    if (value === null) throw new AppError('secret-missing', { name: `sms.${name}` })
    found.push([`secret:${name}`, value])
  }
  return found
}

function receiptOf(answer: HttpAnswer, config: SmsConfig): CodeReceipt {
  const unknown = { delivery: 'unknown', messageId: null } as const
  if (answer.kind === 'lost' || notTheGatewaysWord.has(answer.status)) return unknown
  const { status, text, whole } = answer
  if (!config.successStatuses.includes(status)) throw new AppError('sms-refused', { status })
  if (!withoutSpace(text).includes(withoutSpace(config.successText))) {
    // The part that is missing may have said it.
    if (!whole) return unknown
    throw new AppError('sms-refused', { status })
  }
  const id = valueAt(text, config.idPath)
  return { delivery: 'accepted', messageId: id !== null && /^[\u0021-\u007e]{1,200}$/u.test(id) ? id : null }
}

function withoutSpace(text: string): string {
  return text.replace(/\s+/gu, '')
}

/** Text or number at a path such as `messages.0.message-id`; `null` when there is none, or no JSON. */
function valueAt(text: string, path: string): string | null {
  if (path === '') return null
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch {
    return null
  }
  for (const step of path.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return null
    found = Reflect.get(found, step)
  }
  return typeof found === 'string' || typeof found === 'number' ? String(found) : null
}

function stateOf(
  said: string | null,
  { delivered, failed }: NonNullable<SmsConfig['delivery']>,
): Extract<DeliveryState, 'accepted' | 'delivered' | 'failed' | 'unknown'> {
  if (said === null) return 'unknown'
  if (delivered.includes(said)) return 'delivered'
  return failed.includes(said) ? 'failed' : 'accepted'
}
