import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { secretsOf as secretsOfTexts } from '../../src/main/domain/gateway-template'
import {
  fingerprintRows,
  likelyBindDn,
  looksLikeDn,
  nameOfDn,
  newMailOut,
  newSettings,
} from '../../src/renderer/src/components/connections/form'
import {
  hostOf,
  secretsOf,
  smsPresetOrder,
  smsSettingsOf,
  typedFor,
  voicePresetOrder,
  voiceSettingsOf,
  withUrl,
} from '../../src/renderer/src/components/connections/gateway'
import { allowedKinds, maximumOf, policyGroups } from '../../src/renderer/src/components/connections/policy'
import { stepOfField, wizardSteps } from '../../src/renderer/src/components/setup/steps'
import { changesOf, fieldWords, sectionOfField } from '../../src/renderer/src/components/settings/changes'
import { i18n } from '../../src/renderer/src/lib/i18n'
import { deskSettings } from '../../src/shared/model/desk-settings'
import { policyNumbers, policySwitches } from '../../src/shared/policy-fields'
import { smsPresets } from '../../src/shared/sms-presets'
import { voicePresets } from '../../src/shared/voice-presets'
import { admins, agents, someSettings } from './support/desk-settings'

const t = i18n.global.t

const someWays = {
  voice: voicePresets.asterisk.settings,
  mailOut: { ...newMailOut(), host: 'smtp.example.jp' },
  securityKey: { rpId: 'desk.example.com' },
}

describe('secretsOf', () => {
  it('asks for exactly what the gateway will need', () => {
    for (const preset of smsPresetOrder.filter((name) => name !== 'custom')) {
      expect(secretsOf(smsPresets[preset].settings)).toEqual(smsPresets[preset].secrets)
    }
    for (const preset of voicePresetOrder.filter((name) => name !== 'custom')) {
      expect(secretsOf(voicePresets[preset].settings)).toEqual(voicePresets[preset].secrets)
    }
    const pieces = fc.constantFrom(
      '{secret:a}',
      '{basic:b:c}',
      '{secret:}',
      '{to}',
      '{',
      'secret:d}',
      '{secret:A_-9}',
      '&',
    )
    fc.assert(
      fc.property(
        fc.array(pieces).map((all) => all.join('')),
        fc.array(pieces).map((all) => all.join('')),
        (url, body) => {
          const sms = { ...smsPresets.json.settings, url, headers: [], body, delivery: null }
          expect(secretsOf(sms)).toEqual(secretsOfTexts([url, body]))
        },
      ),
    )
  })
})

describe('smsSettingsOf and voiceSettingsOf', () => {
  it('makes every preset one that the contract takes, and keeps what does not depend on the gateway', () => {
    for (const preset of smsPresetOrder) {
      const first = smsSettingsOf(preset, null)
      expect(deskSettings.safeParse({ ...newSettings(), sms: first }).success).toBe(true)
      const second = smsSettingsOf(preset, { ...first, sender: 'Desk', region: 'DE', ca: 'PEM', timeoutSeconds: 7 })
      expect(second).toMatchObject({ preset, sender: 'Desk', region: 'DE', ca: 'PEM', timeoutSeconds: 7 })
    }
  })

  it('begins an own request from what stood there', () => {
    const kannel = { ...smsPresets.kannel.settings, url: 'https://own.example.jp/x' }
    expect(smsSettingsOf('custom', kannel)).toEqual({ ...kannel, preset: 'custom' })
    const asterisk = { ...voicePresets.asterisk.settings, url: 'https://own.example.jp/x' }
    expect(voiceSettingsOf('custom', asterisk)).toEqual({ ...asterisk, preset: 'custom' })
  })

  it('does the same for calls, and keeps the English that is spoken', () => {
    for (const preset of voicePresetOrder) {
      const first = voiceSettingsOf(preset, null)
      expect(deskSettings.safeParse({ ...newSettings(), voice: first }).success).toBe(true)
      const second = voiceSettingsOf(preset, { ...first, sender: '+81', ca: 'PEM', englishVoice: 'en-GB' })
      expect(second).toMatchObject({ preset, sender: '+81', ca: 'PEM', englishVoice: 'en-GB' })
    }
  })

  it('hands out no preset that a form could change for everybody', () => {
    const { headers } = voiceSettingsOf('twilio', null)
    headers.length = 0
    expect(voiceSettingsOf('twilio', null).headers).toHaveLength(1)
  })
})

describe('typedFor', () => {
  it('lets only what the gateway asks for leave the screen', () => {
    const secrets = { 'voice.token': 'a', 'sms.token': 'b', 'voice.other': 'c', 'smtp.password': 'd' }
    expect(typedFor('voice', ['token'], secrets)).toEqual({ 'voice.token': 'a' })
    expect(typedFor('sms', [], secrets)).toEqual({})
  })
})

describe('policyGroups', () => {
  it('holds every rule once', () => {
    const numbers = policyGroups.flatMap((group) => group.numbers)
    const switches = policyGroups.flatMap((group) => group.switches)
    expect([...numbers].sort()).toEqual(Object.keys(policyNumbers).sort())
    expect([...switches].sort()).toEqual(Object.keys(policySwitches).sort())
  })
})

describe('allowedKinds', () => {
  it('counts SMS, calls and call-backs of one number once', () => {
    expect(allowedKinds({})).toBe(5)
    expect(allowedKinds({ allowSms: false, allowVoice: false })).toBe(5)
    expect(allowedKinds({ allowSms: false, allowVoice: false, allowCallBack: false })).toBe(4)
    expect(allowedKinds({ allowApp: false, allowKey: false, allowMail: false, allowQuestions: false })).toBe(1)
  })
})

describe('maximumOf', () => {
  it('lets a check draw no more questions than are registered', () => {
    expect(maximumOf({}, 'questionsToAsk')).toBe(5)
    expect(maximumOf({ questionsToRegister: 3 }, 'questionsToAsk')).toBe(3)
    expect(maximumOf({ questionsToRegister: 10 }, 'questionsToAsk')).toBe(5)
    expect(maximumOf({ questionsToRegister: 3 }, 'methodsRequired')).toBe(4)
  })
})

describe('withUrl', () => {
  it('lets the allowed hosts follow the address until they were set by hand', () => {
    const start = smsPresets.json.settings
    const moved = withUrl(start, 'https://sms.sakura.example:8443/v2?to={to}')
    expect(moved.allowedHosts).toEqual(['sms.sakura.example:8443'])
    expect(withUrl(moved, 'https:/').allowedHosts).toEqual(['sms.sakura.example:8443'])
    const two = { ...moved, allowedHosts: ['a.example', 'b.example'] }
    expect(withUrl(two, 'https://c.example/').allowedHosts).toEqual(['a.example', 'b.example'])
    const other = { ...moved, allowedHosts: ['a.example'] }
    expect(withUrl(other, 'https://c.example/').allowedHosts).toEqual(['a.example'])
  })

  it('takes no host out of a placeholder, a user name or anything else than http', () => {
    for (const url of ['https://{secret:x}/', 'https://user@evil.example/', 'ftp://x.example/', 'x.example', '']) {
      expect(hostOf(url)).toBe('')
    }
  })
})

describe('nameOfDn', () => {
  it('answers the first value, and the whole text when it is no DN', () => {
    expect(nameOfDn(agents)).toBe('sspr-agents')
    expect(nameOfDn('cn=Desk\\, Tokyo,dc=example')).toBe('Desk, Tokyo')
    expect(nameOfDn('nothing')).toBe('nothing')
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(typeof nameOfDn(text)).toBe('string')
        expect(typeof looksLikeDn(text)).toBe('boolean')
      }),
    )
  })
})

describe('looksLikeDn', () => {
  it('tells a DN from the name of a group', () => {
    for (const dn of [agents, 'DC=corp, DC=example', 'ou=営業部,dc=example']) expect(looksLikeDn(dn)).toBe(true)
    for (const text of ['', 'sspr', 'a=', '=b', 'cn=x,', 'cn=x,y', '営業部']) expect(looksLikeDn(text)).toBe(false)
  })
})

describe('likelyBindDn', () => {
  it('needs a naming context', () => {
    expect(likelyBindDn(['dc=sakura,dc=example', 'cn=accesslog'])).toBe('uid={user},ou=people,dc=sakura,dc=example')
    expect(likelyBindDn([])).toBeNull()
    expect(likelyBindDn([''])).toBeNull()
  })
})

describe('fingerprintRows', () => {
  it('loses no pair', () => {
    const pairs = Array.from({ length: 32 }, (_, index) => index.toString(16).padStart(2, '0').toUpperCase())
    const rows = fingerprintRows(pairs.join(':'))
    expect(rows.map((row) => row.length)).toEqual([2, 2])
    expect(rows.flat().join(':')).toBe(pairs.join(':'))
  })
})

describe('where a refused field is', () => {
  it('is a step of the wizard and a section of the settings, for every field of the settings', () => {
    const settings = someSettings()
    const fields = Object.entries(settings).flatMap(([name, value]) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.keys(value).map((key) => `${name}.${key}`)
        : [name],
    )
    const later = ['links', 'mailDomains', 'securityKey', 'calls']
    for (const field of [...fields, 'directory.servers[1]', 'policy.dueHours', 'roles.agent[0]', 'smtp.host']) {
      expect(sectionOfField(field), field).not.toBeNull()
      if (later.includes(field.split('.')[0] ?? '')) expect(stepOfField(field), field).toBeNull()
      else expect(wizardSteps, field).toContain(stepOfField(field))
    }
    expect(stepOfField('smtp.from')).toBe('ways')
    expect(sectionOfField('smtp.from')).toBe('mailOut')
    expect(stepOfField('directory.bindDn')).toBe('account')
    expect(stepOfField('directory.ca')).toBe('trust')
    expect(stepOfField('organisations')).toBeNull()
    expect(sectionOfField('')).toBeNull()
  })
})

describe('changesOf', () => {
  it('is empty for what is the same, and for a default that is written out', () => {
    const before = someSettings()
    expect(changesOf(before, structuredClone(before), {}, t)).toEqual([])
    const standard = policyNumbers.dueHours.standard
    expect(changesOf(before, someSettings({ policy: { dueHours: standard } }), {}, t)).toEqual([])
  })

  it('has words of its own for every field', () => {
    const before = someSettings({ ...someWays })
    const blank = newSettings()
    const after = {
      ...blank,
      organisation: 'x',
      links: ['example.com'],
      directory: {
        ...blank.directory,
        kind: 'active-directory' as const,
        domain: 'd',
        site: 's',
        ca: 'PEM',
        protectedGroups: [agents],
      },
      roles: { agent: [], approver: [agents], admin: [], auditor: [admins] },
      mailbox: {
        host: 'h',
        port: 1,
        security: 'starttls' as const,
        userName: 'u',
        folder: 'f',
        ca: 'PEM',
        startDays: 1,
        identity: 'i',
      },
      sms: {
        ...smsPresets.twilio.settings,
        ca: 'PEM',
        timeoutSeconds: 3,
        region: 'DE',
        sender: 'Desk',
        successText: 'ok',
      },
      voice: {
        ...voicePresets.twilio.settings,
        ca: 'PEM',
        timeoutSeconds: 3,
        region: 'DE',
        sender: '+81',
        successText: 'ok',
        englishVoice: 'en-GB' as const,
      },
      mailOut: {
        host: 'h',
        port: 1,
        security: 'tls' as const,
        userName: 'u',
        from: 'a@example.com',
        fromName: 'n',
        ca: 'PEM',
      },
      securityKey: { rpId: 'keys.example.com' },
      calls: { scheme: 'sip' as const, host: 'pbx.example.com' },
      mailDomains: ['example.com'],
      sspr: { scope: 'selected' as const, groups: [agents], managedElsewhere: [admins], withoutWriteBack: [] },
      policy: Object.fromEntries(
        Object.entries(policyNumbers).map(([name, { max, min, standard }]) => [name, standard === max ? min : max]),
      ),
    }
    const typed = { 'sms.token': 'x', 'voice.token': 'x', 'smtp.password': 'x', 'intake.password': 'x' }
    const changes = changesOf(before, after, typed, t)
    for (const { path, label } of changes)
      expect(label, path).not.toMatch(/^(?:settings|connections|common)\.|^Settings$/u)
    expect(changes.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        'directory.ca',
        'mailbox.identity',
        'sms.delivery',
        'policy.auditKeepDays',
        'links',
        'sms.token',
        'voice.delivery',
        'voice.englishVoice',
        'mailOut.fromName',
        'mailDomains',
        'securityKey.rpId',
        'calls.scheme',
      ]),
    )
    const sections = new Map(changes.map(({ path, section }) => [path, section]))
    expect(Object.keys(typed).map((name) => sections.get(name))).toEqual(['sms', 'voice', 'mailOut', 'mailbox'])
    for (const { path } of changes.filter((one) => !Object.hasOwn(typed, one.path))) {
      expect(fieldWords(path, t), path).not.toBeNull()
    }
    expect(fieldWords('smtp.host', t)).toBe('Sending mail: SMTP server')
    expect(JSON.stringify(changes)).not.toContain('PEM')
  })

  it('tells a part that is left out as one change', () => {
    const [change, ...more] = changesOf(someSettings(), someSettings({ mailbox: null }), {}, t)
    expect(more).toEqual([])
    expect(change).toMatchObject({ section: 'mailbox', path: 'mailbox', after: 'Not set up' })
  })
})
