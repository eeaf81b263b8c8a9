import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { VoiceConfig } from '../../../../src/main/config'
import { spokenCode } from '../../../../src/main/domain/voice-text'
import type { CodeGateway } from '../../../../src/main/gateways/code-gateway'
import { createHttpVoiceGateway } from '../../../../src/main/gateways/voice/http-gateway'
import { createLog } from '../../../../src/main/log'
import { voicePresets } from '../../../../src/shared/voice-presets'
import { startHttpSink } from '../../../support/http-sink'
import { freePort } from '../../../support/ports'
import { silentLog } from '../../../support/silent-log'
import { codeMessage, secretsFrom, voiceConfig } from '../../../support/sms'
import { TestClock } from '../../../support/test-clock'
import { startVoiceSink } from '../../../support/voice-sink'
import type { CallOutcome, VoiceSink } from '../../../support/voice-sink'

const code = '042917'
const message = codeMessage({
  id: '5f0f4a52-7a76-4f0a-8d2b-111111111111',
  code,
  text: spokenCode('ja', { code, organisation: 'さくら <商事> & Co' }),
})

let sink: VoiceSink

function gateway(changes: Partial<VoiceConfig> = {}, log = silentLog): CodeGateway {
  return createHttpVoiceGateway(voiceConfig(sink.config, changes), secretsFrom(sink.secrets), log)
}

/** What is said of a call, question by question, until it is over. */
async function life(outcome: CallOutcome): Promise<string[]> {
  const voice = gateway()
  sink.outcome(outcome)
  const { messageId } = await voice.send(message)
  const states: string[] = []
  do states.push(await voice.delivery(messageId ?? ''))
  while (states.length < 12 && ['accepted', 'ringing', 'answered'].includes(states.at(-1) ?? ''))
  return [...new Set(states)]
}

describe.each(['twilio', 'asterisk'] as const)('HttpVoiceGateway with %s', (preset) => {
  beforeEach(async () => {
    sink = await startVoiceSink(preset)
  })
  afterEach(() => sink.stop())

  it('makes the call: number, code and language arrive', async () => {
    const voice = gateway()
    expect(voice).toMatchObject({ channel: 'voice', tellsDelivery: true })

    const receipt = await voice.send(message)

    expect(receipt).toMatchObject({ delivery: 'accepted' })
    const [call] = sink.calls()
    expect(call).toMatchObject({ number: '+819012345678', extension: '', code, language: 'ja-JP' })
    expect(call?.id).toBe(receipt.messageId)
    expect(sink.requests).toHaveLength(1)
  })

  it('dials the extension once somebody answers, and speaks the English that is set', async () => {
    const text = spokenCode('en', { code, organisation: 'Sakura' })
    await gateway({ englishVoice: 'en-GB' }).send({ ...message, extension: '4711', language: 'en', text })

    expect(sink.calls()).toMatchObject([{ extension: '4711', language: 'en-GB', code }])
  })

  it.each([
    ['answered', ['accepted', 'ringing', 'answered', 'delivered']],
    ['slow', ['ringing', 'answered', 'delivered']],
    ['no-answer', ['ringing', 'no-answer']],
    ['fails', ['failed']],
  ] as const)('follows a call that is %s', async (outcome, states) => {
    const seen = await life(outcome)
    expect(seen.filter((state) => state !== 'accepted')).toEqual(states.filter((state) => state !== 'accepted'))
  })

  it('says that the line is busy', async () => {
    expect((await life('busy')).at(-1)).toBe('busy')
  })

  it('never says that a call went back, and keeps what became of it', async () => {
    const voice = gateway()
    const { messageId } = await voice.send(message)
    const states: string[] = []
    for (let asked = 0; asked < 10; asked += 1) states.push(await voice.delivery(messageId ?? ''))
    expect(states.slice(-3)).toEqual(['delivered', 'delivered', 'delivered'])
  })

  it('takes a refusal for one: nobody was called', async () => {
    sink.outcome('refused')
    await expect(gateway().send(message)).rejects.toMatchObject({ code: 'voice-refused' })
    const stranger = createHttpVoiceGateway(
      voiceConfig(sink.config),
      async (name) => (name in sink.secrets ? 'wrong' : null),
      silentLog,
    )
    await expect(stranger.send(message)).rejects.toMatchObject({ code: 'voice-refused', params: { status: 401 } })
    expect(sink.calls()).toEqual([])
  })

  it('asks for the secret that is missing before it connects', async () => {
    const bare = createHttpVoiceGateway(voiceConfig(sink.config), secretsFrom({}), silentLog)
    await expect(bare.send(message)).rejects.toMatchObject({
      code: 'secret-missing',
      params: { name: expect.stringMatching(/^voice\./u) as unknown },
    })
    expect(sink.requests).toEqual([])
  })

  it('leaves neither code, number nor secret in log or error', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'desk-voice-log-'))
    try {
      const log = createLog({ file: join(folder, 'desk.log'), clock: new TestClock(), level: 'debug' })
      const voice = gateway({}, log)
      const { messageId } = await voice.send(message)
      await voice.delivery(messageId ?? '')
      sink.outcome('refused')
      const error: unknown = await voice.send(message).catch((reason: unknown) => reason)
      log.warn({ err: error }, 'a call could not be made')
      const written = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
      const said = [...written, JSON.stringify(error), String(error)].join('\n')
      expect(said).toContain('voice')
      const hidden = [code, message.to, '9012345678', 'ゼロ', ...Object.values(sink.secrets)]
      expect(hidden.filter((secret) => said.includes(secret))).toEqual([])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe('HttpVoiceGateway', () => {
  it('does not say what became of a call that it did not make', async () => {
    sink = await startVoiceSink('asterisk')
    try {
      expect(await gateway().delivery('somebody-elses')).toBe('unknown')
    } finally {
      await sink.stop()
    }
  })

  it('asks a plain JSON service with a bearer token, and one that speaks words of its own', async () => {
    const http = await startHttpSink()
    try {
      http.answer({ status: 201, body: '{"id":"7"}' })
      const { settings } = voicePresets.json
      const config = voiceConfig(settings, { url: `${http.origin}/calls`, allowedHosts: [http.host], sender: 'Desk' })
      const json = createHttpVoiceGateway(config, secretsFrom({ 'voice.token': 't' }), silentLog)
      expect(await json.send({ ...message, extension: '12' })).toEqual({ delivery: 'accepted', messageId: '7' })
      expect(JSON.parse(http.requests[0]?.body ?? '')).toEqual({
        id: message.id,
        from: 'Desk',
        to: message.to,
        extension: '12',
        language: 'ja-JP',
        text: message.text,
      })

      const own = { ...config, body: '{"say":"{code}"}', delivery: null }
      const plain = createHttpVoiceGateway(own, secretsFrom({ 'voice.token': 't' }), silentLog)
      await plain.send(message)
      expect(plain.tellsDelivery).toBe(false)
      expect(await plain.delivery('7')).toBe('unknown')
      expect(JSON.parse(http.requests[1]?.body ?? '')).toEqual({ say: code })
    } finally {
      await http.stop()
    }
  })

  it('does not know what became of a call when the gateway falls silent', async () => {
    const http = await startHttpSink()
    try {
      http.answer('hang-up')
      const changes = { url: `${http.origin}/calls`, allowedHosts: [http.host] }
      const json = createHttpVoiceGateway(
        voiceConfig(voicePresets.json.settings, changes),
        secretsFrom({ 'voice.token': 't' }),
        silentLog,
      )
      expect(await json.send(message)).toEqual({ delivery: 'unknown', messageId: null })
      http.answer({ status: 302, headers: { Location: http.origin } })
      await expect(json.send(message)).rejects.toMatchObject({ code: 'voice-refused', params: { status: 302 } })
    } finally {
      await http.stop()
    }
  })

  it('says who cannot be reached', async () => {
    const port = await freePort()
    const changes = { url: `http://127.0.0.1:${port}/{to}{text}`, allowedHosts: [`127.0.0.1:${port}`] }
    const nowhere = createHttpVoiceGateway(
      voiceConfig(voicePresets.json.settings, changes),
      secretsFrom({ 'voice.token': 't' }),
      silentLog,
    )
    const refusal = { code: 'voice-unreachable', params: { host: `127.0.0.1:${port}` } }
    await expect(nowhere.send(message)).rejects.toMatchObject(refusal)
    await expect(nowhere.reach()).rejects.toMatchObject(refusal)
  })
})
