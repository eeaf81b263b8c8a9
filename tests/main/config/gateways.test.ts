import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig, type DeskConfig } from '../../../src/main/config'
import { parseGatewayUrl } from '../../../src/main/config/gateway-url'
import { AppError } from '../../../src/shared/errors'
import { smsPresets } from '../../../src/shared/sms-presets'
import { voicePresets } from '../../../src/shared/voice-presets'
import { createCa } from '../../support/ca'
import { aConfigFile, writeConfig } from '../../support/config'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-gateways-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function load(changes: object): DeskConfig {
  const file = writeConfig(folder, aConfigFile(changes))
  return loadConfig({ commandLineFile: file, userDataDir: folder, machineFile: '' })
}

function refusal(changes: object): AppError {
  try {
    load(changes)
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('was accepted')
}

const mailbox = { host: 'imap.sakura.example', userName: 'sspr@sakura.example' }
const gateway = { url: 'https://sms.sakura.example/send', body: '{to}{text}' }

describe('The mailbox section', () => {
  it('fills in what is usual', () => {
    expect(load({ mailbox }).mailbox).toEqual({
      ...mailbox,
      port: 993,
      security: 'tls',
      folder: 'INBOX',
      ca: null,
      caFile: null,
      startDays: 7,
      identity: null,
    })
    expect(load({ mailbox: { ...mailbox, security: 'starttls' } }).mailbox?.port).toBe(143)
    expect(load({}).mailbox).toBeNull()
    expect(load({ mailbox: null }).mailbox).toBeNull()
  })

  it('reads the pinned authority beside the file', () => {
    createCa(folder, ['localhost'])
    const config = load({ mailbox: { ...mailbox, caFile: 'ca.pem' } })
    expect(config.mailbox).toMatchObject({ caFile: join(folder, 'ca.pem') })
    expect(config.mailbox?.ca).toContain('BEGIN CERTIFICATE')
    expect(refusal({ mailbox: { ...mailbox, caFile: 'server.pem' } }).params).toMatchObject({
      field: 'mailbox.caFile',
      problemCode: 'not-a-ca',
    })
  })

  it.each([
    [{ host: undefined }, 'mailbox.host', 'missing'],
    [{ host: 'imap sakura' }, 'mailbox.host', 'not-a-host'],
    [{ host: 'imaps://imap.sakura.example' }, 'mailbox.host', 'not-a-host'],
    [{ port: 0 }, 'mailbox.port', 'too-small'],
    [{ security: 'none' }, 'mailbox.security', 'not-one-of'],
    [{ folder: 'IN\r\nBOX' }, 'mailbox.folder', 'no-control-characters'],
    [{ password: 'x' }, 'mailbox.password', 'unknown-field'],
    [{ startDays: 366 }, 'mailbox.startDays', 'too-big'],
  ])('refuses %j at %s: %s', (changes, field, problemCode) => {
    expect(refusal({ mailbox: { ...mailbox, ...changes } })).toMatchObject({
      code: 'config-invalid',
      params: { field, problemCode },
    })
  })
})

describe('The sms section', () => {
  it.each(['kannel', 'twilio', 'vonage', 'json'] as const)('takes the preset %s as it is', (preset) => {
    const { ca: _ca, timeoutSeconds, ...settings } = smsPresets[preset].settings
    expect(load({ sms: { preset } }).sms).toEqual({
      ...settings,
      ca: null,
      caFile: null,
      timeoutMs: timeoutSeconds * 1000,
    })
  })

  it('takes from the file what differs, and allows the new host instead of the preset’s', () => {
    const { sms } = load({
      sms: { preset: 'json', url: 'https://SMS.sakura.example:8443/v2', sender: 'Desk', delivery: null },
    })
    expect(sms).toMatchObject({
      preset: 'json',
      sender: 'Desk',
      body: smsPresets.json.settings.body,
      allowedHosts: ['sms.sakura.example:8443'],
    })
  })

  it.each([
    [{}, 'sms.url', 'missing'],
    [{ ...gateway, url: 'http://sms.sakura.example/' }, 'sms.url', 'gateway-needs-https'],
    [{ ...gateway, url: 'ftp://sms.sakura.example/' }, 'sms.url', 'not-a-gateway-url'],
    [{ ...gateway, url: 'https://{to}.example/' }, 'sms.url', 'not-a-gateway-url'],
    [{ ...gateway, url: 'https://sms.sakura.example{to}/' }, 'sms.url', 'not-a-gateway-url'],
    [{ ...gateway, url: 'https://user:pw@sms.sakura.example/' }, 'sms.url', 'not-a-gateway-url'],
    [{ ...gateway, body: '{to}' }, 'sms.url', 'needs-to-and-text'],
    [{ ...gateway, allowedHosts: ['other.example'] }, 'sms.url', 'host-not-allowed'],
    [{ ...gateway, allowedHosts: ['sms.sakura.example:444'] }, 'sms.url', 'host-not-allowed'],
    [{ ...gateway, allowedHosts: ['https://sms.sakura.example'] }, 'sms.allowedHosts[0]', 'not-a-host'],
    [{ ...gateway, headers: [{ name: 'X Y', value: '' }] }, 'sms.headers[0].name', 'not-a-header'],
    [{ ...gateway, headers: [{ name: 'X', value: 'a\r\nHost: b' }] }, 'sms.headers[0].value', 'no-control-characters'],
    [{ ...gateway, region: 'JPN' }, 'sms.region', 'too-big'],
    [{ ...gateway, successStatuses: [302] }, 'sms.successStatuses[0]', 'too-big'],
    [{ ...gateway, password: 'x' }, 'sms.password', 'unknown-field'],
    [
      { ...gateway, delivery: { url: 'https://sms.sakura.example/', statePath: '', delivered: [], failed: [] } },
      'sms.delivery.url',
      'needs-message-id',
    ],
    [
      { ...gateway, delivery: { url: 'https://x.example/{messageId}', statePath: '', delivered: [], failed: [] } },
      'sms.delivery.url',
      'host-not-allowed',
    ],
  ])('refuses %j at %s: %s', (sms, field, problemCode) => {
    expect(refusal({ sms })).toMatchObject({ code: 'config-invalid', params: { field, problemCode } })
  })

  it('speaks in clear with this machine only', () => {
    for (const host of ['127.0.0.1:13013', 'localhost', '[::1]:80']) {
      expect(load({ sms: { ...gateway, url: `http://${host}/` } }).sms?.url).toContain(host)
    }
    for (const host of ['127.0.0.1.example', 'localhost.example', '10.0.0.1', '[::2]']) {
      expect(refusal({ sms: { ...gateway, url: `http://${host}/` } }).params['problemCode']).toBe('gateway-needs-https')
    }
  })
})

describe('parseGatewayUrl', () => {
  it('never takes an address that means another host once it is parsed', () => {
    const part = fc.constantFrom(
      'https://',
      'a.example',
      '{to}',
      '@',
      '\\',
      '/',
      '?',
      '#',
      ':',
      '443',
      '..',
      '[',
      ']',
      '%2f',
      ' ',
      'é',
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const url = `https://${parts.join('')}`
        const address = parseGatewayUrl(url)
        if (typeof address === 'string') return
        const parsed = new URL(url.replaceAll('{to}', 'evil.example'))
        expect(parsed.hostname).toBe(address.host)
        expect(Number(parsed.port || 443)).toBe(address.port)
        expect(parsed.username).toBe('')
      }),
      { numRuns: 2000 },
    )
  })
})

describe('The voice section', () => {
  it.each(['twilio', 'asterisk', 'json'] as const)('takes the preset %s as it is', (preset) => {
    const { ca: _ca, timeoutSeconds, ...settings } = voicePresets[preset].settings
    expect(load({ voice: { preset } }).voice).toEqual({
      ...settings,
      ca: null,
      caFile: null,
      timeoutMs: timeoutSeconds * 1000,
    })
  })

  it('takes a gateway that speaks with words of its own', () => {
    const url = 'https://voice.sakura.example/call?to={digits}&code={code}'
    expect(load({ voice: { url } }).voice).toMatchObject({
      url,
      allowedHosts: ['voice.sakura.example:443'],
      delivery: null,
      englishVoice: 'en-US',
    })
  })

  it.each([
    [{}, 'voice.url', 'missing'],
    [{ ...gateway, url: 'http://voice.sakura.example/' }, 'voice.url', 'gateway-needs-https'],
    [{ ...gateway, body: '{to}' }, 'voice.url', 'needs-to-and-spoken'],
    [{ ...gateway, body: '{spokenText}' }, 'voice.url', 'needs-to-and-spoken'],
    [{ ...gateway, englishVoice: 'fr-FR' }, 'voice.englishVoice', 'not-one-of'],
    [
      { preset: 'twilio', delivery: { url: 'https://evil.example/{messageId}', statePath: 'status' } },
      'voice.delivery.url',
      'host-not-allowed',
    ],
    [
      { preset: 'twilio', delivery: { url: 'https://api.twilio.com/', statePath: 'status' } },
      'voice.delivery.url',
      'needs-message-id',
    ],
    [
      {
        preset: 'twilio',
        delivery: { url: 'https://api.twilio.com/{messageId}', statePath: 's', goneStatuses: [200] },
      },
      'voice.delivery.goneStatuses[0]',
      'too-small',
    ],
  ])('refuses %j at %s: %s', (voice, field, problemCode) => {
    expect(refusal({ voice })).toMatchObject({ code: 'config-invalid', params: { field, problemCode } })
  })
})

describe('The smtp section', () => {
  const smtp = { host: 'mail.sakura.example', from: 'desk@sakura.example' }

  it('fills in what is usual, and is never in clear', () => {
    expect(load({ smtp }).smtp).toEqual({
      ...smtp,
      port: 587,
      security: 'starttls',
      userName: null,
      fromName: null,
      ca: null,
      caFile: null,
    })
    expect(load({ smtp: { ...smtp, security: 'tls' } }).smtp?.port).toBe(465)
    expect(load({}).smtp).toBeNull()
  })

  it.each([
    [{ host: undefined }, 'smtp.host', 'missing'],
    [{ from: undefined }, 'smtp.from', 'missing'],
    [{ from: 'Desk <desk@sakura.example>' }, 'smtp.from', 'not-a-mail-address'],
    [{ from: 'desk@sakura.example\r\nBcc: x@evil.example' }, 'smtp.from', 'not-a-mail-address'],
    [{ fromName: 'Desk\r\nBcc: x@evil.example' }, 'smtp.fromName', 'no-control-characters'],
    [{ security: 'none' }, 'smtp.security', 'not-one-of'],
    [{ password: 'x' }, 'smtp.password', 'unknown-field'],
  ])('refuses %j at %s: %s', (changes, field, problemCode) => {
    const answer = refusal({ smtp: { ...smtp, ...changes } })
    expect(answer).toMatchObject({ code: 'config-invalid', params: { field, problemCode } })
  })
})

describe('Keys, calls and mail domains', () => {
  it('are nothing, tel: and none unless the file says otherwise', () => {
    expect(load({})).toMatchObject({ securityKey: null, calls: { scheme: 'tel', host: null }, mailDomains: [] })
    expect(
      load({
        securityKey: { rpId: 'Sakura.Example' },
        calls: { scheme: 'sip', host: 'PBX.sakura.example' },
        mailDomains: ['Sakura.Example'],
      }),
    ).toMatchObject({
      securityKey: { rpId: 'sakura.example' },
      calls: { scheme: 'sip', host: 'pbx.sakura.example' },
      mailDomains: ['sakura.example'],
    })
  })

  it.each([
    [{ securityKey: { rpId: 'https://sakura.example' } }, 'securityKey.rpId', 'not-a-dns-name'],
    [{ calls: { scheme: 'https' } }, 'calls.scheme', 'not-one-of'],
    [{ calls: { scheme: 'sip', host: 'a@b' } }, 'calls.host', 'not-a-host'],
    [{ mailDomains: ['@sakura.example'] }, 'mailDomains[0]', 'not-a-dns-name'],
  ])('refuse %j at %s: %s', (changes, field, problemCode) => {
    expect(refusal(changes)).toMatchObject({ code: 'config-invalid', params: { field, problemCode } })
  })
})

describe('The sspr section', () => {
  it('is nobody unless it says otherwise', () => {
    expect(load({}).sspr).toEqual({ scope: 'none', groups: [], managedElsewhere: [], withoutWriteBack: [] })
    const sspr = {
      scope: 'selected',
      groups: ['cn=a,dc=b'],
      managedElsewhere: ['ou=c,dc=b'],
      withoutWriteBack: ['ou=d,dc=b'],
    }
    expect(load({ sspr }).sspr).toEqual(sspr)
    expect(refusal({ sspr: { scope: 'some' } }).params['field']).toBe('sspr.scope')
    expect(refusal({ sspr: { groups: ['x'] } }).params).toMatchObject({
      field: 'sspr.groups[0]',
      problemCode: 'not-a-dn',
    })
  })
})

describe('The secretFiles section', () => {
  it('names files beside the configuration', () => {
    writeFileSync(join(folder, 'imap.secret'), 'hidden\n', { mode: 0o600 })
    const config = load({ secretFiles: { 'mailbox.password': 'imap.secret' } })
    expect(config.secretFiles).toEqual({ 'mailbox.password': join(folder, 'imap.secret') })
    expect(JSON.stringify(config)).not.toContain('hidden')
  })

  it('refuses a file that others may read, is missing, empty or no file, and never says what is in it', () => {
    const file = join(folder, 'imap.secret')
    writeFileSync(file, 'hidden', { mode: 0o600 })
    mkdirSync(join(folder, 'folder'))
    writeFileSync(join(folder, 'empty'), '\n', { mode: 0o600 })
    const problem = (name: string): unknown => refusal({ secretFiles: { 'mailbox.password': name } }).params
    for (const mode of [0o640, 0o604, 0o644]) {
      chmodSync(file, mode)
      expect(problem('imap.secret')).toMatchObject({
        field: 'secretFiles.mailbox.password',
        problemCode: 'secret-file-open',
        expected: file,
      })
      expect(JSON.stringify(problem('imap.secret'))).not.toContain('hidden')
    }
    expect(problem('nothing')).toMatchObject({ problemCode: 'file-missing' })
    expect(problem('folder')).toMatchObject({ problemCode: 'file-unreadable' })
    expect(problem('empty')).toMatchObject({ problemCode: 'file-unreadable' })
  })

  it.each(['mailbox', 'sms.', 'sms.a b', 'voice.', 'smtp', 'smtp.x', 'password'])('knows no secret %s', (name) => {
    expect(refusal({ secretFiles: { [name]: 'x' } }).params).toMatchObject({ problemCode: 'not-a-secret' })
  })
})

describe('A user’s own file', () => {
  it.each([
    ['sspr', { scope: 'all' }],
    ['sms', gateway],
    ['voice', gateway],
    ['smtp', { host: 'mail.sakura.example', from: 'desk@sakura.example' }],
    ['securityKey', { rpId: 'evil.example' }],
    ['calls', { scheme: 'sip', host: 'evil.example' }],
    ['mailDomains', []],
    ['mailbox', mailbox],
    ['secretFiles', {}],
    ['roles', {}],
    ['policy', {}],
  ])('may not carry %s', (field, value) => {
    writeConfig(folder, aConfigFile({ roles: undefined, [field]: value }))
    const places = { commandLineFile: null, userDataDir: folder, machineFile: join(folder, 'none', 'config.json') }
    expect(() => loadConfig(places)).toThrow(
      expect.objectContaining({
        code: 'config-untrusted-source',
        params: expect.objectContaining({ field }) as unknown,
      }),
    )
  })
})
