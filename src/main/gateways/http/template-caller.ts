import { AppError } from '../../../shared/errors'
import type { SmsConfig } from '../../config'
import { fillTemplate, secretsOf, withoutParameter } from '../../domain/gateway-template'
import type { TemplateValues } from '../../domain/gateway-template'
import type { Log } from '../../log'
import type { CodeReceipt, SecretReader } from '../code-gateway'
import { targetOf } from './address'
import { callHttp, knock } from './call'
import type { HttpAnswer, HttpChannel } from './call'

/** What the configuration says of every gateway over HTTP, whatever it carries. */
export type HttpConfig = Omit<SmsConfig, 'preset' | 'delivery' | 'region' | 'caFile'>

/** Speaks to one gateway as its configuration describes it. */
export interface TemplateCaller {
  /** One message. Throws `…-refused {status}`, and as {@link callHttp}, `secret-missing`, `invalid-input`. */
  send(values: TemplateValues): Promise<CodeReceipt>
  /** A question about one message, without the headers that say something of it. Throws as `send` does, but never `…-refused`. */
  ask(url: string, messageId: string): Promise<HttpAnswer>
  /** Opens a connection and sends nothing. */
  reach(): Promise<void>
}

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
const ofOneMessage = /\{(?:to|digits|extension|text|spokenText|code|language|id|coding|alphabet)\}/u

/** A call as the configuration writes it, with its placeholders. */
interface Asked extends Pick<HttpConfig, 'url' | 'headers' | 'body'> {
  readonly method: string
}

/** Each call reads the secrets anew and lets go of them; the log gets host, status and codes. */
export function createTemplateCaller(
  channel: HttpChannel,
  config: HttpConfig,
  readSecret: SecretReader,
  log: Log,
): TemplateCaller {
  const { ca, timeoutMs } = config

  async function call(asked: Asked, values: TemplateValues): Promise<HttpAnswer> {
    const { method } = asked
    const texts = [asked.url, asked.body, ...asked.headers.map(({ value }) => value)]
    const known = new Map([...values, ...(await secretValues(texts))])
    const fitted = (template: string): string =>
      known.get('extension') === '' ? withoutParameter(template, 'extension') : template
    const target = targetOf(fillTemplate(fitted(asked.url), known, 'url'), config.allowedHosts)
    const headers: Record<string, string> = { Accept: '*/*', 'User-Agent': 'SSPR-Desk' }
    for (const { name, value } of asked.headers) {
      if (ownHeaders.has(name.toLowerCase())) throw new AppError('invalid-input', { field: name })
      headers[name] = fillTemplate(value, known, 'header')
    }
    if (asked.body !== '' && config.contentType !== '') headers['Content-Type'] = config.contentType
    const isForm = config.escaping === 'form' || config.escaping === 'query'
    const body = fillTemplate(isForm ? fitted(asked.body) : asked.body, known, config.escaping)
    const answer = await callHttp({ channel, target, ca, timeoutMs, method, headers, body })
    const said = answer.kind === 'answered' ? { status: answer.status } : { reason: answer.code }
    log.debug({ channel, host: target.name, ...said }, 'the gateway was called')
    return answer
  }

  async function secretValues(texts: readonly string[]): Promise<[string, string][]> {
    const found: [string, string][] = []
    for (const name of secretsOf(texts)) {
      const value = await readSecret(`${channel}.${name}`)
      if (value === null) throw new AppError('secret-missing', { name: `${channel}.${name}` })
      found.push([`secret:${name}`, value])
    }
    return found
  }

  return {
    async send(values) {
      const { url, method, headers } = config
      const body = method === 'GET' ? '' : config.body
      return receiptOf(await call({ url, method, headers, body }, values), channel, config)
    },

    ask(url, messageId) {
      const values = new Map([
        ['messageId', messageId],
        ['sender', config.sender],
      ])
      const headers = config.headers.filter(({ value }) => !ofOneMessage.test(value))
      return call({ url, method: 'GET', headers, body: '' }, values)
    },

    async reach() {
      // Secrets have no place before the path, so that none is needed to know whom to speak to.
      const origin = /^[^/?#]*:\/\/[^/?#]*/u.exec(config.url)?.[0] ?? config.url
      await secretValues([config.url, config.body, ...config.headers.map(({ value }) => value)])
      await knock({ channel, target: targetOf(origin, config.allowedHosts), ca, timeoutMs })
    },
  }
}

function receiptOf(answer: HttpAnswer, channel: HttpChannel, config: HttpConfig): CodeReceipt {
  const unknown = { delivery: 'unknown', messageId: null } as const
  if (answer.kind === 'lost' || notTheGatewaysWord.has(answer.status)) return unknown
  const { status, text, whole } = answer
  if (!config.successStatuses.includes(status)) throw new AppError(`${channel}-refused`, { status })
  if (!withoutSpace(text).includes(withoutSpace(config.successText))) {
    // The part that is missing may have said it.
    if (!whole) return unknown
    throw new AppError(`${channel}-refused`, { status })
  }
  const id = valueAt(text, config.idPath)
  return { delivery: 'accepted', messageId: id !== null && /^[\u0021-\u007e]{1,200}$/u.test(id) ? id : null }
}

function withoutSpace(text: string): string {
  return text.replace(/\s+/gu, '')
}

/** Text or number at a path such as `messages.0.message-id`; `null` when there is none, or no JSON. */
export function valueAt(text: string, path: string): string | null {
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
