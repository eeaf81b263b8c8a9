import { newDirectory, newMailbox, newSettings } from '../../../src/renderer/src/components/connections/form'
import { smsPresets } from '../../../src/shared/sms-presets'
import type {
  Certificate,
  ConnectionTrial,
  DeskSettings,
  DirectoryProbe,
  SettingsEdit,
} from '../../../src/shared/model/desk-settings'

/** The builders of what wizard and settings show: one OpenLDAP server with an authority of its own. */

const pairs = (first: string): string =>
  [first, ...Array.from({ length: 31 }, (_, index) => (index + 16).toString(16).toUpperCase())].join(':')

export const serverCertificate: Certificate = {
  subject: 'CN=ldap1.example.co.jp',
  issuer: 'CN=さくら商事 CA',
  validFrom: '2026-01-01T00:00:00.000Z',
  validTo: '2027-01-01T00:00:00.000Z',
  fingerprint: pairs('AA'),
  isAuthority: false,
  pem: '',
}

export const authority: Certificate = {
  subject: 'CN=さくら商事 CA',
  issuer: 'CN=さくら商事 CA',
  validFrom: '2020-01-01T00:00:00.000Z',
  validTo: '2040-01-01T00:00:00.000Z',
  fingerprint: pairs('CA'),
  isAuthority: true,
  pem: '-----BEGIN CERTIFICATE-----\nauthority\n-----END CERTIFICATE-----\n',
}

export function aProbe(change: Partial<DirectoryProbe> = {}): DirectoryProbe {
  return {
    servers: ['ldaps://ldap1.example.co.jp:636'],
    domain: null,
    reached: 'ldaps://ldap1.example.co.jp:636',
    trust: 'system',
    chain: [serverCertificate, authority],
    kind: 'openldap',
    namingContexts: ['dc=sakura,dc=example'],
    problem: null,
    ...change,
  }
}

export function anUntrustedProbe(change: Partial<DirectoryProbe> = {}): DirectoryProbe {
  return aProbe({
    trust: 'untrusted',
    kind: null,
    namingContexts: [],
    problem: {
      code: 'directory-certificate',
      params: { server: 'ldap1.example.co.jp:636', reason: 'unknown-authority' },
    },
    ...change,
  })
}

export const agents = 'cn=sspr-agents,ou=groups,dc=sakura,dc=example'
export const admins = 'cn=sspr-admins,ou=groups,dc=sakura,dc=example'

export function someSettings(change: Partial<DeskSettings> = {}): DeskSettings {
  return {
    ...newSettings(),
    organisation: '株式会社さくら商事',
    directory: {
      ...newDirectory(),
      kind: 'openldap',
      servers: ['ldaps://ldap1.example.co.jp:636'],
      peopleBase: 'ou=people,dc=sakura,dc=example',
      bindDn: 'uid={user},ou=people,dc=sakura,dc=example',
    },
    roles: { agent: [agents], approver: [], admin: [admins], auditor: [] },
    mailbox: { ...newMailbox(), host: 'imap.example.co.jp', userName: 'desk' },
    sms: structuredClone(smsPresets.kannel.settings),
    voice: null,
    mailOut: null,
    securityKey: null,
    calls: { scheme: 'tel', host: null },
    mailDomains: [],
    ...change,
  }
}

export function anEdit(change: Partial<SettingsEdit> = {}): SettingsEdit {
  return {
    settings: someSettings(),
    secrets: ['mailbox.password', 'sms.username', 'sms.password'],
    file: '/etc/sspr-desk/config.json',
    writable: 'yes',
    ...change,
  }
}

export function aTrial(change: Partial<ConnectionTrial> = {}): ConnectionTrial {
  return { ok: true, problem: null, facts: {}, ...change }
}
