import { mkdtempSync, rmSync } from 'node:fs'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { AppError } from '../../../src/shared/errors'
import type { DirectoryProbe, MailboxSettings } from '../../../src/shared/model/desk-settings'
import { smsPresets } from '../../../src/shared/sms-presets'
import { voicePresets } from '../../../src/shared/voice-presets'
import { sampleConfig } from '../../../src/main/config'
import type { DeskConfig } from '../../../src/main/config'
import { trialConfig } from '../../../src/main/config/settings'
import { SampleDirectory } from '../../../src/main/directory/memory'
import type { CodeGateway, SecretReader } from '../../../src/main/gateways/code-gateway'
import { createNumberReader } from '../../../src/main/gateways/sms/number'
import { ConnectionsService } from '../../../src/main/services/connections'
import type { SettingsDesk } from '../../../src/main/services/connections'
import type { Acting } from '../../../src/main/services/session'
import type { AuditEvent } from '../../../src/main/audit/audit'
import { createCa } from '../../support/ca'
import { FakeDesktop, seedPassword } from '../../support/desk'
import { wizardSettings } from '../../support/fresh-desk'
import { TestClock } from '../../support/test-clock'

const { directory } = wizardSettings()
const credentials = { userId: 'tanaka.hiroshi', password: seedPassword }
const mailbox: MailboxSettings = {
  host: 'imap.sakura.example',
  port: 993,
  security: 'tls',
  userName: 'desk',
  folder: 'INBOX',
  ca: null,
  startDays: 7,
  identity: null,
}
const sms = smsPresets.json.settings
const voice = voicePresets.json.settings
const mailOut = {
  host: 'mail.sakura.example',
  port: 587,
  security: 'starttls' as const,
  userName: 'desk',
  from: 'desk@sakura.example',
  fromName: null,
  ca: null,
}
const number = '090-1234-5678'

let clock: TestClock
let desktop: FakeDesktop
/** `null`: the desk has no configuration. */
let desk: SettingsDesk | null
let unconfigured: boolean
let fromNames: string[]
let sent: { readonly to: string; readonly text: string; readonly token: string | null }[]
let gatewayMessageId: string | null
let gatewayAnswer: 'accepted' | 'unknown' | 'refused'
let mailPasswords: string[]
let recorded: AuditEvent[]
let binds: number

beforeEach(() => {
  clock = new TestClock()
  desktop = new FakeDesktop()
  desk = null
  unconfigured = true
  sent = []
  fromNames = []
  gatewayAnswer = 'accepted'
  gatewayMessageId = null
  mailPasswords = []
  recorded = []
  binds = 0
})
afterEach(() => vi.useRealTimers())

function connections(): ConnectionsService {
  const probe: DirectoryProbe = {
    servers: [],
    domain: null,
    reached: 'a:636',
    trust: 'system',
    chain: [],
    kind: 'openldap',
    namingContexts: [],
    problem: null,
  }
  return new ConnectionsService({
    setup: {
      isUnconfigured: () => unconfigured,
      opened: () => desk,
      desk: () => {
        if (desk === null) throw new Error('no desk')
        return desk
      },
    },
    probeDirectory: async () => probe,
    createDirectory: (config) => {
      const real = new SampleDirectory({ config, clock })
      return {
        signIn: async (userId, password) => {
          binds++
          await Promise.resolve()
          return real.signIn(userId, password)
        },
      }
    },
    createMailbox: () => ({
      open: async (password) => {
        mailPasswords.push(password)
        if (password !== 'right') throw new AppError('mailbox-refused', { host: 'imap.sakura.example' })
        return {
          uidValidity: '1',
          messages: 12,
          uidNext: 13,
          async *fetchAfter() {},
          lastUidBefore: async () => 0,
          waitForNews: async () => undefined,
          close: async () => undefined,
        }
      },
    }),
    createSmsGateway: (_config, secrets) => gatewayOf('sms', 'sms.token', secrets),
    createVoiceGateway: (_config, secrets) => gatewayOf('voice', 'voice.token', secrets),
    createMailGateway: ({ fromName }, secrets) => {
      fromNames.push(fromName)
      return gatewayOf('mail', 'smtp.password', secrets)
    },
    createNumberReader,
    desktop,
    clock,
  })
}

/** Keeps what it is given, and the secret that it read for it. */
function gatewayOf(channel: CodeGateway['channel'], secret: string, secrets: SecretReader): CodeGateway {
  return {
    channel,
    tellsDelivery: true,
    send: async (message) => {
      const token = await secrets(secret)
      if (token === null) throw new AppError('secret-missing', { name: secret })
      if (gatewayAnswer === 'refused') throw new AppError(`${channel}-refused`, { status: 401 })
      sent.push({ ...message, token })
      return { delivery: gatewayAnswer, messageId: gatewayMessageId }
    },
    delivery: async () => 'ringing',
    reach: async () => undefined,
  }
}

/** A desk at which this person has signed in; a stored secret is `stored-NAME`. */
async function openDesk(userId: string, changes: Partial<DeskConfig> = {}): Promise<void> {
  const config: DeskConfig = { ...sampleConfig(), source: 'machine', ...changes }
  const session = await new SampleDirectory({ config: config.directory, clock }).signIn(userId, seedPassword)
  const operator = { ...session.person, roles: await session.roles() }
  const acting: Acting = {
    operator,
    directory: session,
    current: async (...wanted) => {
      const roles = await session.roles()
      if (!wanted.some((role) => roles.includes(role))) throw new AppError('role-required', { role: wanted[0] })
      return { ...operator, roles }
    },
  }
  unconfigured = false
  desk = {
    config,
    session: {
      view: () => ({ phase: 'active', operator, server: null, directoryKind: null }),
      withOperator: async (work) => work(acting),
    },
    secrets: { reader: () => async (name: string) => `stored-${name}` } as unknown as SettingsDesk['secrets'],
    recorder: {
      record: async (event: AuditEvent, work: (scope: never) => Promise<unknown>) => {
        recorded.push(event)
        return work(undefined as never)
      },
    } as unknown as SettingsDesk['recorder'],
    closed: () => false,
    recordVault: () => undefined,
    close: async () => undefined,
  }
}

async function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'ok',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  )
}

function otherAuthority(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sspr-ca-'))
  try {
    return readFileSync(createCa(folder, ['localhost']).caFile, 'utf8')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe('ConnectionsService', () => {
  const calls: readonly [string, (service: ConnectionsService) => Promise<unknown>][] = [
    ['probe', (service) => service.probe('a.example', null)],
    ['chooseAuthority', (service) => service.chooseAuthority()],
    ['signIn', (service) => service.signIn(directory, credentials)],
    ['groups', (service) => service.groups('desk')],
    ['bases', (service) => service.bases('people')],
    ['mailbox', (service) => service.mailbox(mailbox, 'right')],
    ['sms', (service) => service.sms(sms, { 'sms.token': 't' }, number)],
    ['voice', (service) => service.voice(voice, { 'voice.token': 't' }, number, 'ja')],
    ['mailOut', (service) => service.mailOut(mailOut, 'right', 'tanaka@sakura.example', 'ja')],
    ['trialState', (service) => service.trialState('voice')],
  ]

  it.each(calls)('lets nobody but an admin use %s once the desk is set up', async (_name, call) => {
    const service = connections()
    unconfigured = false
    expect(await refusal(call(service))).toBe('not-available')
    for (const userId of ['sato.misaki', 'takahashi.yumi', 'watanabe.aya']) {
      await openDesk(userId)
      expect(await refusal(call(service))).toBe('role-required')
    }
    expect({ binds, sent, mailPasswords }).toEqual({ binds: 0, sent: [], mailPasswords: [] })
    await openDesk('tanaka.hiroshi')
    expect(await refusal(call(service))).toBe('ok')
  })

  it.each(calls.filter(([name]) => name !== 'groups' && name !== 'bases'))(
    'lets anybody use %s before there is a configuration',
    async (_name, call) => expect(await refusal(call(connections()))).toBe('ok'),
  )
})

describe('ConnectionsService.signIn', () => {
  it('serves to look groups and bases up, for ten minutes', async () => {
    const service = connections()
    expect(await refusal(service.groups('desk'))).toBe('not-signed-in')
    const { name, kind, peopleBase } = await service.signIn(directory, credentials)
    expect({ name: name !== '', kind, peopleBase }).toEqual({
      name: true,
      kind: 'sample',
      peopleBase: 'dc=sakura,dc=example',
    })

    expect((await service.groups('desk')).map((entry) => entry.name)).toContain('desk-admins')
    expect((await service.bases('people')).length).toBeGreaterThan(0)
    clock.advance(10 * 60 - 1)
    expect(await refusal(service.groups('desk'))).toBe('ok')
    clock.advance(1)
    expect(await refusal(service.groups('desk'))).toBe('not-signed-in')
  })

  it('forgets the password by itself, even if nobody asks again', async () => {
    vi.useFakeTimers()
    const service = connections()
    await service.signIn(directory, credentials)
    expect(service.signedInTo(directory)).not.toBeNull()
    await vi.advanceTimersByTimeAsync(10 * 60 * 1000)
    expect(service.signedInTo(directory)).toBeNull()
  })

  it('is a sign-in to just these settings', async () => {
    const service = connections()
    await service.signIn(directory, credentials)
    const chosenLater = { peopleBase: 'ou=people,dc=y', protectedGroups: ['cn=x,dc=y'] }
    expect(service.signedInTo({ ...directory, ...chosenLater })).not.toBeNull()
    expect(service.signedInTo({ ...directory, kind: 'active-directory' })).toBeNull()
    expect(service.signedInTo({ ...directory, servers: ['ldaps://other.example:636'] })).toBeNull()
    expect(service.signedInTo({ ...directory, bindDn: 'cn={user},dc=y' })).toBeNull()
  })

  it('binds once for one click, and a wrong password leaves nobody signed in', async () => {
    const service = connections()
    const answers = await Promise.all([
      refusal(service.signIn(directory, { ...credentials, password: 'wrong' })),
      refusal(service.signIn(directory, { ...credentials, password: 'wrong' })),
    ])
    expect(answers).toEqual(['sign-in-wrong', 'not-available'])
    expect(binds).toBe(1)
    expect(service.signedInTo(directory)).toBeNull()
    expect(await refusal(service.groups('desk'))).toBe('not-signed-in')
  })

  it('asks no server that the configuration could not name', async () => {
    const service = connections()
    expect(await refusal(service.signIn({ ...directory, servers: ['http://a.example'] }, credentials))).toBe(
      'setting-invalid',
    )
    expect(binds).toBe(0)
  })
})

describe('ConnectionsService.chooseAuthority', () => {
  it('answers certificates of authorities with their fingerprint, and nothing else', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'connections-'))
    try {
      createCa(folder, ['localhost'])
      const choose = async (name: string): Promise<unknown> => {
        desktop.openFrom = { name: join(folder, name), text: readFileSync(join(folder, name), 'utf8') }
        return connections()
          .chooseAuthority()
          .catch((error: unknown) => error)
      }
      expect(await choose('ca.pem')).toMatchObject({
        pem: expect.stringContaining('BEGIN CERTIFICATE') as unknown,
        fingerprint: expect.stringMatching(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/u) as unknown,
      })
      expect(await choose('server.pem')).toMatchObject({ code: 'authority-invalid', params: { reason: 'not-a-ca' } })
      const key = await choose('server.key')
      expect(key).toMatchObject({ code: 'authority-invalid', params: { reason: 'holds-private-key' } })
      expect(JSON.stringify(key)).not.toContain('PRIVATE')
    } finally {
      rmSync(folder, { recursive: true })
    }
    desktop.openFrom = null
    expect(await connections().chooseAuthority()).toBeNull()
  })
})

describe('ConnectionsService.mailbox', () => {
  it('opens and counts, and tells a refusal as an answer', async () => {
    const service = connections()
    expect(await service.mailbox(mailbox, 'right')).toEqual({ ok: true, problem: null, facts: { messages: 12 } })
    expect(await service.mailbox(mailbox, 'wrong')).toMatchObject({ ok: false, problem: { code: 'mailbox-refused' } })
    expect(await service.mailbox(mailbox, null)).toMatchObject({
      problem: { code: 'secret-missing', params: { name: 'mailbox.password' } },
    })
    expect(await service.mailbox({ ...mailbox, host: 'a b' }, 'right')).toMatchObject({
      problem: { code: 'setting-invalid', params: { field: 'mailbox.host' } },
    })
  })

  it('shows the stored password to the mailbox in force and to no other', async () => {
    await openDesk('tanaka.hiroshi', { mailbox: trialConfig({ mailbox }).mailbox })
    const service = connections()
    await service.mailbox({ ...mailbox, folder: 'Other', startDays: 1 }, null)
    expect(mailPasswords).toEqual(['stored-mailbox.password'])
    for (const change of [
      { host: 'evil.example' },
      { port: 994 },
      { userName: 'x' },
      { security: 'starttls' as const },
      // Whoever chooses the authority chooses who may pose as the server.
      { ca: otherAuthority() },
    ]) {
      expect((await service.mailbox({ ...mailbox, ...change }, null)).problem?.code).toBe('secret-missing')
    }
    expect(mailPasswords).toHaveLength(1)
  })
})

describe('ConnectionsService.sms', () => {
  it('sends one message to the number as the numbering plan reads it', async () => {
    expect(await connections().sms(sms, { 'sms.token': 't' }, number)).toEqual({
      ok: true,
      problem: null,
      facts: {},
    })
    expect(sent).toMatchObject([{ to: '+819012345678', token: 't' }])
    expect(sent[0]?.text.length).toBeLessThanOrEqual(70)
  })

  it('sends once in ten seconds, and not at all to what is no number', async () => {
    const service = connections()
    const send = async (to = number): Promise<string> =>
      (await service.sms(sms, { 'sms.token': 't' }, to)).problem?.code ?? 'ok'
    expect(await send('12')).toBe('number-invalid')
    expect(await send()).toBe('ok')
    clock.advance(9)
    expect(await send()).toBe('trial-too-soon')
    clock.advance(1)
    expect(await send()).toBe('ok')
    clock.advance(-3600)
    expect(await send()).toBe('ok')
    expect(sent).toHaveLength(3)
  })

  it('lets a corrected key be tried at once after a refusal, but not after what may have gone out', async () => {
    const service = connections()
    const send = async (): Promise<string> =>
      (await service.sms(sms, { 'sms.token': 't' }, number)).problem?.code ?? 'ok'
    expect((await service.sms(sms, {}, number)).problem?.code).toBe('secret-missing')
    gatewayAnswer = 'refused'
    expect(await send()).toBe('sms-refused')
    gatewayAnswer = 'unknown'
    expect(await send()).toBe('sms-unknown')
    gatewayAnswer = 'accepted'
    expect(await send()).toBe('trial-too-soon')
  })

  it('says that the outcome is unknown when it is', async () => {
    gatewayAnswer = 'unknown'
    expect(await connections().sms(sms, { 'sms.token': 't' }, number)).toMatchObject({
      ok: false,
      problem: { code: 'sms-unknown' },
    })
  })

  it('gives a stored key to the gateway in force and to no other', async () => {
    await openDesk('tanaka.hiroshi', { sms: trialConfig({ sms }).sms })
    const service = connections()
    const evil = { ...sms, url: 'https://evil.example/', allowedHosts: ['evil.example'] }
    expect((await service.sms(evil, {}, number)).problem?.code).toBe('secret-missing')
    clock.advance(10)
    const both = { ...sms, allowedHosts: [...sms.allowedHosts, 'evil.example'] }
    expect((await service.sms(both, {}, number)).problem?.code).toBe('secret-missing')
    clock.advance(10)
    expect((await service.sms({ ...sms, ca: otherAuthority() }, {}, number)).problem?.code).toBe('secret-missing')
    expect(sent).toEqual([])
    clock.advance(10)
    expect((await service.sms(sms, {}, number)).ok).toBe(true)
    expect(sent).toMatchObject([{ token: 'stored-sms.token' }])
  })

  it('is in the audit once the desk is set up, without number and key', async () => {
    await openDesk('tanaka.hiroshi', { sms: trialConfig({ sms }).sms })
    await connections().sms(sms, { 'sms.token': 'hidden' }, number)
    expect(recorded).toMatchObject([{ action: 'settings.try', details: { part: 'sms', host: 'sms.example.jp' } }])
    expect(JSON.stringify(recorded)).not.toMatch(/hidden|5678/u)
  })
})

describe('ConnectionsService.voice', () => {
  it('calls the number once, in the language that is asked for, and waits on its own', async () => {
    const service = connections()
    const call = async (): Promise<string> =>
      (await service.voice(voice, { 'voice.token': 't' }, number, 'en')).problem?.code ?? 'ok'
    expect(await call()).toBe('ok')
    expect(await call()).toBe('trial-too-soon')
    expect((await service.sms(sms, { 'sms.token': 't' }, number)).ok).toBe(true)
    expect(sent).toMatchObject([{ to: '+819012345678', language: 'en', token: 't' }, { to: '+819012345678' }])
    expect((await service.voice(voice, { 'voice.token': 't' }, '12', 'en')).problem?.code).toBe('number-invalid')
  })

  it('tells how the call goes, until the set-up forgets its keys', async () => {
    const service = connections()
    gatewayMessageId = 'call-1'
    expect(await service.trialState('voice')).toBeNull()
    await service.voice(voice, { 'voice.token': 't' }, number, 'en')
    expect(await service.trialState('voice')).toEqual({ state: 'ringing' })
    expect(await service.trialState('sms')).toBeNull()
    await service.forget()
    expect(await service.trialState('voice')).toBeNull()
  })

  it('gives a stored key to the host that it was entered for, and to no other', async () => {
    await openDesk('tanaka.hiroshi', { voice: trialConfig({ voice }).voice, sms: trialConfig({ sms }).sms })
    const service = connections()
    const evil = { ...voice, url: 'https://evil.example/{to}{text}', delivery: null, allowedHosts: ['evil.example'] }
    expect((await service.voice(evil, {}, number, 'ja')).problem?.code).toBe('secret-missing')
    expect((await service.voice({ ...voice, ca: otherAuthority() }, {}, number, 'ja')).problem?.code).toBe(
      'secret-missing',
    )
    expect(sent).toEqual([])
    expect((await service.voice(voice, {}, number, 'ja')).ok).toBe(true)
    expect(sent).toMatchObject([{ token: 'stored-voice.token' }])
    expect(recorded).toMatchObject([
      {},
      {},
      { action: 'settings.try', details: { part: 'voice', host: 'voice.example.jp' } },
    ])
  })
})

describe('ConnectionsService.mailOut', () => {
  const address = 'tanaka@sakura.example'

  it('sends one mail to the address, from the organisation', async () => {
    await openDesk('tanaka.hiroshi')
    expect(await connections().mailOut(mailOut, 'typed', address, 'ja')).toEqual({ ok: true, problem: null, facts: {} })
    expect(sent).toMatchObject([{ to: address, subject: 'SSPR Desk のテスト', token: 'typed' }])
    expect(fromNames).toEqual([sampleConfig().organisation])
    expect(JSON.stringify(recorded)).toContain('mail.sakura.example')
    expect(JSON.stringify(recorded)).not.toMatch(/typed|tanaka@/u)
  })

  it('tells a refusal, which nobody waits for, and an answer that did not come', async () => {
    const service = connections()
    gatewayAnswer = 'refused'
    const send = async (): Promise<string> => (await service.mailOut(mailOut, 'x', address, 'en')).problem?.code ?? 'ok'
    expect(await send()).toBe('mail-refused')
    gatewayAnswer = 'unknown'
    expect(await send()).toBe('mail-unknown')
    expect(await send()).toBe('trial-too-soon')
  })

  it('gives the stored password to the server in force only, to the same name over the same trust', async () => {
    await openDesk('tanaka.hiroshi', { smtp: trialConfig({ mailOut }).smtp })
    const service = connections()
    for (const change of [
      { host: 'evil.example' },
      { port: 2525 },
      { userName: 'other' },
      { ca: otherAuthority() },
      { security: 'tls' as const },
    ]) {
      const trial = await service.mailOut({ ...mailOut, ...change }, null, address, 'ja')
      expect([change, trial.problem?.code]).toEqual([change, 'secret-missing'])
    }
    expect((await service.mailOut(mailOut, null, address, 'ja')).ok).toBe(true)
    expect(sent).toMatchObject([{ token: 'stored-smtp.password' }])
  })

  it('tries nothing that the configuration could not say', async () => {
    const trial = await connections().mailOut({ ...mailOut, from: 'Desk <desk@sakura.example>' }, 'x', address, 'ja')
    expect(trial.problem).toMatchObject({ code: 'setting-invalid', params: { field: 'mailOut.from' } })
    expect(sent).toEqual([])
  })
})
