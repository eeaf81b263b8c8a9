import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { secretsOf as secretsOfTexts } from '../../src/main/domain/gateway-template'
import {
  fingerprintRows,
  likelyBindDn,
  looksLikeDn,
  nameOfDn,
  newSettings,
} from '../../src/renderer/src/components/connections/form'
import { hostOf, presetOrder, secretsOf, settingsOf, withUrl } from '../../src/renderer/src/components/connections/sms'
import { stepOfField, wizardSteps } from '../../src/renderer/src/components/setup/steps'
import { changesOf, sectionOfField } from '../../src/renderer/src/components/settings/changes'
import { i18n } from '../../src/renderer/src/lib/i18n'
import { deskSettings } from '../../src/shared/model/desk-settings'
import { policyNumbers } from '../../src/shared/policy-fields'
import { smsPresets } from '../../src/shared/sms-presets'
import { admins, agents, someSettings } from './support/desk-settings'

const t = i18n.global.t

describe('secretsOf', () => {
  it('asks for exactly what the gateway will need', () => {
    for (const preset of presetOrder.filter((name) => name !== 'custom')) {
      expect(secretsOf(smsPresets[preset].settings)).toEqual(smsPresets[preset].secrets)
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

describe('settingsOf', () => {
  it('makes every preset one that the contract takes, and keeps what does not depend on the gateway', () => {
    for (const preset of presetOrder) {
      const first = settingsOf(preset, null)
      expect(deskSettings.safeParse({ ...newSettings(), sms: first }).success).toBe(true)
      const second = settingsOf(preset, { ...first, sender: 'Desk', region: 'DE', ca: 'PEM', timeoutSeconds: 7 })
      expect(second).toMatchObject({ preset, sender: 'Desk', region: 'DE', ca: 'PEM', timeoutSeconds: 7 })
    }
  })

  it('begins an own request from what stood there', () => {
    const kannel = { ...smsPresets.kannel.settings, url: 'https://own.example.jp/x' }
    expect(settingsOf('custom', kannel)).toEqual({ ...kannel, preset: 'custom' })
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
    for (const field of [...fields, 'directory.servers[1]', 'policy.dueHours', 'roles.agent[0]']) {
      expect(sectionOfField(field), field).not.toBeNull()
      if (field !== 'links') expect(wizardSteps, field).toContain(stepOfField(field))
    }
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
    const before = someSettings()
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
      sspr: { scope: 'selected' as const, groups: [agents], managedElsewhere: [admins], withoutWriteBack: [] },
      policy: Object.fromEntries(
        Object.entries(policyNumbers).map(([name, { max, min, standard }]) => [name, standard === max ? min : max]),
      ),
    }
    const changes = changesOf(before, after, { 'sms.token': 'x' }, t)
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
      ]),
    )
    expect(JSON.stringify(changes)).not.toContain('PEM')
  })

  it('tells a part that is left out as one change', () => {
    const [change, ...more] = changesOf(someSettings(), someSettings({ mailbox: null }), {}, t)
    expect(more).toEqual([])
    expect(change).toMatchObject({ section: 'mailbox', path: 'mailbox', after: 'Not set up' })
  })
})
