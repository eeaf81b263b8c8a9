import { randomBytes } from 'node:crypto'
import { messages } from '../../src/shared/i18n'
import type { Language } from '../../src/shared/model/common'
import type { VoiceSettings } from '../../src/shared/model/desk-settings'
import { voicePresets } from '../../src/shared/voice-presets'
import { startHttpSink } from './http-sink'
import type { SinkAnswer, SunkRequest } from './http-sink'

/**
 * What the person who is called does. `slow`: it rings for a while before somebody answers. `fails`: the line cannot be reached at all.
 * `refused`: the gateway takes no call.
 */
export type CallOutcome = 'answered' | 'slow' | 'busy' | 'no-answer' | 'fails' | 'refused'

/** One call that the stand-in was asked to make. */
interface SunkCall {
  readonly id: string
  /** E.164. */
  readonly number: string
  /** Digits that are pressed once somebody answers; empty for none. */
  readonly extension: string
  /** As the gateway was told: `ja-JP`, `en-US`, `en-GB`. */
  readonly language: string
  /** The code as it was spoken; every time it was spoken, it was the same. */
  readonly code: string
  /** What was said of the call last. */
  readonly state: string
}

/** A stand-in for a gateway that calls, with the status life cycle of the real one. */
export interface VoiceSink {
  /** The `voice` section's values for it; sender and address are filled in. */
  readonly config: VoiceSettings
  /** By the names of `SecretReader`. */
  readonly secrets: Readonly<Record<string, string>>
  readonly requests: readonly SunkRequest[]
  /** Everything that was asked for so far, oldest first. */
  calls(): SunkCall[]
  /** The latest call to this number beyond the first `after` ones; waits up to 10 s for it. */
  waitForCall(number: string, after?: number): Promise<SunkCall>
  /** For every call from now on; answered unless told. */
  outcome(how: CallOutcome): void
  stop(): Promise<void>
}

/** States that the gateway tells, one after the other; the last one stays. `null`: it has forgotten the call. */
type Life = readonly (string | null)[]

/** Twilio, "Call resource": queued, then initiated, ringing, in-progress, and one of the ends. */
const likeTwilio: Readonly<Record<CallOutcome, Life>> = {
  answered: ['queued', 'initiated', 'ringing', 'in-progress', 'in-progress', 'completed'],
  slow: ['queued', 'ringing', 'ringing', 'ringing', 'ringing', 'ringing', 'in-progress', 'completed'],
  busy: ['queued', 'ringing', 'busy'],
  'no-answer': ['queued', 'ringing', 'ringing', 'no-answer'],
  fails: ['queued', 'failed'],
  refused: [],
}

/** Asterisk: states of a channel (`ast_state2str`); one that hung up is gone, and ARI answers 404. */
const likeAsterisk: Readonly<Record<CallOutcome, Life>> = {
  answered: ['Down', 'Ringing', 'Up', 'Up', null],
  slow: ['Down', 'Ringing', 'Ringing', 'Ringing', 'Ringing', 'Ringing', 'Up', null],
  busy: ['Down', 'Busy', null],
  'no-answer': ['Down', 'Ringing', 'Ringing', null],
  fails: ['Down', null],
  refused: [],
}

const credentials = { user: 'AC0123456789abcdef', password: 'Voice&Pass=word+1%{to}' }
const sender = '+81312345678'

/** Starts it on a free port of this machine. */
export async function startVoiceSink(preset: 'twilio' | 'asterisk' = 'asterisk'): Promise<VoiceSink> {
  const sink = await startHttpSink()
  const calls: { facts: Omit<SunkCall, 'state'>; life: Life; asked: number }[] = []
  const lives = preset === 'twilio' ? likeTwilio : likeAsterisk
  let outcome: CallOutcome = 'answered'

  const stateNow = ({ life, asked }: (typeof calls)[number]): string | null =>
    life[Math.min(asked, life.length - 1)] ?? null

  function originate(request: SunkRequest): SinkAnswer {
    const facts = preset === 'twilio' ? twilioCall(request) : asteriskCall(request, sink.origin)
    if (facts === null) return json(400, { message: 'bad request' })
    if (outcome === 'refused') return preset === 'twilio' ? json(400, { code: 21_216 }) : json(500, { message: 'no' })
    const call = { facts, life: lives[outcome], asked: 0 }
    calls.push(call)
    return preset === 'twilio'
      ? json(201, { sid: facts.id, status: stateNow(call) })
      : json(200, { id: facts.id, state: stateNow(call) })
  }

  function status({ path }: SunkRequest): SinkAnswer {
    const id = /\/(?:Calls|channels)\/([^/?.]+)(?:\.json)?$/u.exec(path)?.[1] ?? ''
    const call = calls.find(({ facts }) => facts.id === decodeURIComponent(id))
    if (call === undefined) return json(404, { message: 'Channel not found' })
    call.asked += 1
    const state = stateNow(call)
    if (state === null) return json(404, { message: 'Channel not found' })
    return preset === 'twilio' ? json(200, { sid: id, status: state }) : json(200, { id, state })
  }

  sink.answer((request) => {
    const { authorization = '' } = request.headers
    const wanted = Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')
    if (authorization !== `Basic ${wanted}`) return json(401, { message: 'Authentication required' })
    return request.method === 'POST' ? originate(request) : status(request)
  })

  const { settings } = voicePresets[preset]
  const here = (url: string): string => url.replace(/^https:\/\/[^/]+/u, sink.origin)
  const told = (): SunkCall[] => calls.map((call) => ({ ...call.facts, state: stateNow(call) ?? 'gone' }))

  return {
    config: {
      ...settings,
      url: here(settings.url),
      delivery: settings.delivery === null ? null : { ...settings.delivery, url: here(settings.delivery.url) },
      sender,
      allowedHosts: [sink.host],
    },
    secrets:
      preset === 'twilio'
        ? { 'voice.account-sid': credentials.user, 'voice.auth-token': credentials.password }
        : { 'voice.username': credentials.user, 'voice.password': credentials.password },
    requests: sink.requests,
    calls: told,
    async waitForCall(number, after = 0) {
      const deadline = performance.now() + 10_000
      for (;;) {
        const found = told()
          .slice(after)
          .findLast((call) => call.number === number)
        if (found !== undefined) return found
        if (performance.now() > deadline) throw new Error(`no call to ${number} was asked for`)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    },
    outcome(how) {
      outcome = how
    },
    stop: () => sink.stop(),
  }
}

function json(status: number, body: unknown): SinkAnswer {
  return { status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
}

/** `POST …/Calls.json` with a form; `null` where Twilio would refuse it. */
function twilioCall({ body }: SunkRequest): Omit<SunkCall, 'state'> | null {
  const form = new URLSearchParams(body)
  const twiml = form.get('Twiml') ?? ''
  const [, language = '', xml = ''] = /<Say language="([^"<>]*)">([^<>]*)<\/Say>/u.exec(twiml) ?? []
  const number = form.get('To') ?? ''
  const keys = form.get('SendDigits')
  if (!/^\+\d{5,15}$/u.test(number) || form.get('From') !== sender || !/^<Response>.*<\/Response>$/u.test(twiml))
    return null
  if (keys !== null && !/^[0-9#*w]+$/u.test(keys)) return null
  const text = xml.replace(/&(amp|lt|gt|quot|apos);/gu, (_whole, name: string) => entities[name] ?? '')
  return {
    id: `CA${randomBytes(16).toString('hex')}`,
    number,
    extension: (keys ?? '').replace(/^w+/u, ''),
    language,
    code: onlyCode(text, language.startsWith('ja') ? 'ja' : 'en'),
  }
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** `POST /ari/channels?endpoint=…` with variables; `null` where Asterisk would refuse it. */
function asteriskCall({ path, body }: SunkRequest, origin: string): Omit<SunkCall, 'state'> | null {
  const { searchParams } = new URL(path, origin)
  const endpoint = /^PJSIP\/(\d{5,15})@trunk$/u.exec(searchParams.get('endpoint') ?? '')
  const complete = ['context', 'extension', 'priority'].every((name) => searchParams.get(name))
  const content: unknown = JSON.parse(body)
  const variables: unknown = typeof content === 'object' && content !== null ? Reflect.get(content, 'variables') : null
  if (endpoint === null || !complete || typeof variables !== 'object' || variables === null) return null
  const variable = (name: string): string => String(Reflect.get(variables, name) ?? '')
  return {
    id: searchParams.get('channelId') ?? '',
    number: `+${endpoint[1] ?? ''}`,
    extension: variable('SSPR_EXTENSION'),
    language: variable('SSPR_LANGUAGE'),
    code: variable('SSPR_CODE'),
  }
}

function onlyCode(text: string, language: Language): string {
  const codes = new Set(codeSpoken(text, language))
  const [code = ''] = codes
  return codes.size === 1 ? code : ''
}

/** Each run of spoken digits in a text, back as figures. */
export function codeSpoken(text: string, language: Language): string[] {
  const { digits } = messages[language].messages.voice
  const end = language === 'ja' ? '。' : '. '
  const runs: string[] = []
  let run = ''
  let rest = text
  while (rest !== '') {
    const digit = digits.findIndex((word) => rest.startsWith(`${word}${end}`))
    if (digit >= 0) {
      run += String(digit)
      rest = rest.slice((digits[digit] ?? '').length + end.length)
      continue
    }
    if (run !== '') runs.push(run)
    run = ''
    const next = rest.indexOf(end)
    rest = next < 0 ? '' : rest.slice(next + end.length)
  }
  return run === '' ? runs : [...runs, run]
}
