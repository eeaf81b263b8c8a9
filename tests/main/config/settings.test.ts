import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configOf, loadConfig, sampleConfig, type DeskConfig } from '../../../src/main/config'
import { parseConfigText } from '../../../src/main/config/read'
import { policyFields, policyOf } from '../../../src/main/config/schema'
import { draftOf, draftOfFile, settingsOf, trialConfig } from '../../../src/main/config/settings'
import { defaultPolicy } from '../../../src/main/domain/policy'
import { policyNumbers } from '../../../src/shared/policy-fields'
import { smsPresets } from '../../../src/shared/sms-presets'
import { deskSettings } from '../../../src/shared/model/desk-settings'
import { createCa } from '../../support/ca'
import { aConfigFile, writeConfig } from '../../support/config'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-settings-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const load = (file: string): DeskConfig => loadConfig({ commandLineFile: file, userDataDir: folder, machineFile: '' })

function whole(): Record<string, unknown> {
  createCa(folder, ['localhost'])
  writeFileSync(join(folder, 'imap.secret'), 'hidden', { mode: 0o600 })
  return aConfigFile({
    directory: {
      kind: 'openldap',
      servers: ['ldaps://ldap.sakura.example:636'],
      bindDn: 'uid={user},dc=sakura,dc=example',
      dnsServers: ['192.0.2.53:53'],
      connectTimeoutMs: 1234,
      caFile: 'ca.pem',
    },
    policy: { methodsRequired: 1, totpStepSeconds: 60 },
    mailbox: { host: 'imap.sakura.example', userName: 'desk', caFile: 'ca.pem' },
    sms: { preset: 'twilio', sender: '+815012345678' },
    voice: { preset: 'asterisk', sender: '0312345678', caFile: 'ca.pem', englishVoice: 'en-GB' },
    smtp: { host: 'mail.sakura.example', from: 'desk@sakura.example', caFile: 'ca.pem' },
    securityKey: { rpId: 'sakura.example' },
    calls: { scheme: 'sip', host: 'pbx.sakura.example' },
    mailDomains: ['sakura.example'],
    sspr: { scope: 'selected', groups: ['cn=sspr,dc=sakura,dc=example'] },
    secretFiles: { 'mailbox.password': 'imap.secret' },
    links: ['learn.microsoft.com'],
  })
}

describe('settingsOf and draftOf', () => {
  it('write what was read, and keep every field that the settings do not know of', () => {
    const before = whole()
    const file = writeConfig(folder, before)
    const config = load(file)

    const draft = draftOf(settingsOf(config), file, before)
    const after = configOf(parseConfigText(file, draft.text), 'command-line', draft.authorities)

    expect(after).toEqual(config)
    expect(draft.authorities.size).toBe(0)
    expect(draft.text).not.toContain('hidden')
    expect(JSON.parse(draft.text)).toMatchObject({
      directory: { dnsServers: ['192.0.2.53:53'], connectTimeoutMs: 1234, caFile: 'ca.pem' },
      secretFiles: { 'mailbox.password': 'imap.secret' },
    })
  })

  it('answers what the contract lets through', () => {
    const settings = settingsOf(load(writeConfig(folder, whole())))
    expect(deskSettings.parse(settings)).toEqual(settings)
    expect(deskSettings.parse(settingsOf(sampleConfig())).policy['methodsRequired']).toBe(1)
  })

  it('put new certificates beside the file and leave the old ones alone', () => {
    const before = whole()
    const file = writeConfig(folder, before)
    const settings = settingsOf(load(file))
    createCa(folder, ['localhost'], 'other-')
    const ca = readFileSync(join(folder, 'other-ca.pem'), 'utf8')
    const withCa = { ...settings, directory: { ...settings.directory, ca } }

    const draft = draftOf(withCa, file, before)
    expect([...draft.authorities.keys()]).toEqual(['directory-ca.pem'])
    const after = configOf(parseConfigText(file, draft.text), 'command-line', draft.authorities)
    expect(after.directory).toMatchObject({ ca, caFile: join(folder, 'directory-ca.pem') })
    expect(after.mailbox?.caFile).toBe(join(folder, 'ca.pem'))

    // The usual name is taken by other certificates, which the file in force may need until the new one is in its place.
    writeFileSync(join(folder, 'directory-ca.pem'), readFileSync(join(folder, 'ca.pem')))
    const [name] = [...draftOf(withCa, file, before).authorities.keys()]
    expect(name).toMatch(/^directory-ca-[0-9a-f]{16}\.pem$/u)
  })

  it('name of the policy what differs from the usual, and what was named before', () => {
    const before = whole()
    const file = writeConfig(folder, before)
    const settings = settingsOf(load(file))
    const policy = { ...settings.policy, methodsRequired: 2, codeTries: 1 }

    const { text } = draftOf({ ...settings, policy }, file, before)

    expect(JSON.parse(text)).toMatchObject({ policy: { methodsRequired: 2, totpStepSeconds: 60, codeTries: 1 } })
    expect(text).not.toContain('failureLimit')
    expect(settingsOf(configOf(parseConfigText(file, text), 'command-line')).policy).toEqual(policy)
  })

  it('keep a gateway from being asked, whatever its preset says', () => {
    const before = whole()
    const file = writeConfig(folder, before)
    const settings = settingsOf(load(file))
    const silent = <T extends object | null>(part: T): T => (part === null ? part : { ...part, delivery: null })

    const { text, authorities } = draftOf(
      { ...settings, sms: silent(settings.sms), voice: silent(settings.voice) },
      file,
      before,
    )

    const after = configOf(parseConfigText(file, text), 'command-line', authorities)
    expect([after.sms?.delivery, after.voice?.delivery]).toEqual([null, null])
  })

  it('take a CA and whole sections away again', () => {
    const before = whole()
    const file = writeConfig(folder, before)
    const settings = settingsOf(load(file))

    const draft = draftOf(
      {
        ...settings,
        directory: { ...settings.directory, ca: null },
        mailbox: null,
        sms: null,
        voice: null,
        mailOut: null,
        securityKey: null,
        calls: { scheme: 'tel', host: null },
        mailDomains: [],
      },
      file,
      before,
    )
    const after = configOf(parseConfigText(file, draft.text), 'command-line')

    expect(after).toMatchObject({
      directory: { ca: null, caFile: null },
      mailbox: null,
      sms: null,
      voice: null,
      smtp: null,
      securityKey: null,
    })
    expect(after).toMatchObject({ calls: { scheme: 'tel', host: null }, mailDomains: [] })
  })

  it.each([
    ['server.pem', 'not-a-ca'],
    ['server.key', 'holds-private-key'],
  ])('refuse %s as authority: %s', (name, problemCode) => {
    const before = whole()
    const settings = settingsOf(load(writeConfig(folder, before)))
    const ca = readFileSync(join(folder, name), 'utf8')
    expect(() => draftOf({ ...settings, directory: { ...settings.directory, ca } }, 'x.json', {})).toThrow(
      expect.objectContaining({
        code: 'config-invalid',
        params: expect.objectContaining({ field: 'directory.caFile', problemCode }) as unknown,
      }),
    )
  })

  it('never let a policy field through that the file does not know', () => {
    const settings = settingsOf(load(writeConfig(folder, whole())))
    const draft = draftOf({ ...settings, policy: { everything: true } }, 'x.json', {})
    expect(() => configOf(parseConfigText('x.json', draft.text), 'machine', draft.authorities)).toThrow(
      expect.objectContaining({ params: expect.objectContaining({ field: 'policy.everything' }) as unknown }),
    )
  })
})

describe('policyFields', () => {
  it('is the other way of policyOf', () => {
    expect(policyOf(policyFields(defaultPolicy))).toEqual(defaultPolicy)
    const numbers = fc.record(
      Object.fromEntries(Object.entries(policyNumbers).map(([name, { min, max }]) => [name, fc.integer({ min, max })])),
    )
    fc.assert(
      fc.property(numbers, fc.boolean(), (chosen, directoryNumbers) => {
        const policy = { ...policyFields(defaultPolicy), ...chosen, directoryNumbers }
        expect(policyFields(policyOf(policy))).toEqual(policy)
      }),
    )
  })
})

describe('trialConfig', () => {
  it('judges one part by the schema of the file', () => {
    expect(trialConfig({ sms: smsPresets.kannel.settings }).sms?.timeoutMs).toBe(15_000)
    expect(() => trialConfig({ sms: { ...smsPresets.json.settings, url: 'http://sms.example/' } })).toThrow(
      expect.objectContaining({
        code: 'setting-invalid',
        params: expect.objectContaining({ field: 'sms.url', problemCode: 'gateway-needs-https' }) as unknown,
      }),
    )
  })
})

describe('draftOfFile', () => {
  it('keeps the text and brings the certificates that lie beside it, not those of elsewhere', () => {
    const before = whole()
    const text = JSON.stringify({ ...before, mailbox: { host: 'a.example', userName: 'b', caFile: '../ca.pem' } })
    const draft = draftOfFile(text, JSON.parse(text), folder)
    expect(draft.text).toBe(text)
    expect([...draft.authorities.keys()]).toEqual(['ca.pem'])
  })
})
