import { computed, type Ref, type WritableComputedRef } from 'vue'
import type {
  DeskSettings,
  DirectorySettings,
  MailboxSettings,
  MailOutSettings,
} from '../../../../shared/model/desk-settings'

/** One field of a form's object. A form writes one field at a time: two writes before the next render would lose the first. */
export function fieldOf<T extends object, K extends keyof T>(model: Ref<T>, key: K): WritableComputedRef<T[K]> {
  return computed({
    get: () => model.value[key],
    set: (value) => {
      model.value = { ...model.value, [key]: value }
    },
  })
}

/** A field that is a text on screen and `null` in the settings when nothing is typed. */
export function textOf<T extends object, K extends keyof T>(
  model: Ref<T>,
  key: T[K] extends string | null ? K : never,
): WritableComputedRef<string> {
  return computed({
    get: () => {
      const value: unknown = model.value[key]
      return typeof value === 'string' ? value : ''
    },
    set: (text) => {
      model.value = { ...model.value, [key]: text === '' ? null : text }
    },
  })
}

export function newDirectory(): DirectorySettings {
  return {
    kind: 'auto',
    servers: [],
    domain: null,
    site: null,
    ca: null,
    peopleBase: null,
    bindDn: null,
    protectedGroups: [],
  }
}

/** What a desk is before anybody has said anything: the policy of the defaults, self-service for nobody. */
export function newSettings(): DeskSettings {
  return {
    organisation: '',
    directory: newDirectory(),
    roles: { agent: [], approver: [], admin: [], auditor: [] },
    mailbox: null,
    sms: null,
    voice: null,
    mailOut: null,
    securityKey: null,
    calls: { scheme: 'tel', host: null },
    mailDomains: [],
    sspr: { scope: 'none', groups: [], managedElsewhere: [], withoutWriteBack: [] },
    policy: {},
    links: [],
  }
}

/** IMAP over TLS (RFC 8314), the mails of the last week at the first connection. */
export function newMailbox(): MailboxSettings {
  return {
    host: '',
    port: 993,
    security: 'tls',
    userName: '',
    folder: 'INBOX',
    ca: null,
    startDays: 7,
    identity: null,
  }
}

/** What the server of the mailbox and the one that sends have in common. */
export type MailServer = Pick<MailboxSettings, 'security' | 'port'>

/** Message submission with StartTLS (RFC 6409), as the organisation. */
export function newMailOut(): MailOutSettings {
  return { host: '', port: 587, security: 'starttls', userName: null, from: '', fromName: null, ca: null }
}

/** How people of an OpenLDAP server are mostly named (RFC 4519 `uid`), below its first naming context. */
export function likelyBindDn(namingContexts: readonly string[]): string | null {
  const [context] = namingContexts
  return context === undefined || context === '' ? null : `uid={user},ou=people,${context}`
}

/** The first part of a DN without its attribute: what a group or a container is called when its entry was not read. */
export function nameOfDn(dn: string): string {
  const first = /^[^=,]+=((?:\\.|[^,\\])*)/u.exec(dn)?.[1]
  return first === undefined ? dn : first.replace(/\\(.)/gu, '$1')
}

/** Whether a text can be a DN: at least one `attribute=value`. Main decides. */
export function looksLikeDn(text: string): boolean {
  return /^[A-Za-z][\w.-]*=[^,]+(?:,\s*[A-Za-z][\w.-]*=[^,]+)*$/u.test(text.trim())
}

/** A SHA-256 fingerprint in two lines of two groups of eight pairs: so it can be read out and compared. */
export function fingerprintRows(fingerprint: string): string[][] {
  const pairs = fingerprint.split(':')
  const group = (start: number): string => pairs.slice(start, start + 8).join(':')
  return [0, 16].map((start) => [group(start), group(start + 8)].filter((text) => text !== ''))
}

/** Puts the cursor on a number that is out of range; whether there is one. What is on screen must be what is saved. */
export function goToOutOfRange(place: HTMLElement | null): boolean {
  const control = place?.querySelector('[data-out-of-range] input')
  if (!(control instanceof HTMLElement)) return false
  control.closest('details')?.setAttribute('open', '')
  control.focus()
  return true
}
