import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { AppError } from '../../shared/errors'
import type { DeskSettings } from '../../shared/model/desk-settings'
import { configOf } from '../config'
import type { DeskConfig, SmsConfig, VoiceConfig } from '../config'
import { defaultPolicy } from '../domain/policy'
import { authorityFingerprint, checkAuthority, readAuthority } from './authority'
import { invalid } from './problems'
import { parseConfigText } from './read'
import { policyFields } from './schema'

/** A file in the making: its text, and the certificate authorities that are to lie beside it, by file name. */
export interface ConfigDraft {
  readonly text: string
  readonly authorities: ReadonlyMap<string, string>
}

type Fields = Readonly<Record<string, unknown>>

/** The settings that this configuration was made from, or could have been. */
export function settingsOf(config: DeskConfig): DeskSettings {
  const { directory, mailbox, sms, voice, smtp, sspr } = config
  return {
    organisation: config.organisation,
    directory: {
      kind: directory.kind === 'sample' ? 'auto' : directory.kind,
      servers: [...directory.servers],
      domain: directory.domain,
      site: directory.site,
      ca: directory.ca,
      peopleBase: directory.peopleBase,
      bindDn: directory.bindDn,
      protectedGroups: [...directory.protectedGroups],
    },
    roles: {
      agent: [...directory.roles.agent],
      approver: [...directory.roles.approver],
      admin: [...directory.roles.admin],
      auditor: [...directory.roles.auditor],
    },
    mailbox:
      mailbox === null
        ? null
        : {
            host: mailbox.host,
            port: mailbox.port,
            security: mailbox.security,
            userName: mailbox.userName,
            folder: mailbox.folder,
            ca: mailbox.ca,
            startDays: mailbox.startDays,
            identity: mailbox.identity,
          },
    sms: sms === null ? null : gatewayOf(sms),
    voice: voice === null ? null : gatewayOf(voice),
    mailOut: smtp === null ? null : without(smtp, 'caFile'),
    securityKey: config.securityKey === null ? null : { ...config.securityKey },
    calls: { ...config.calls },
    mailDomains: [...config.mailDomains],
    sspr: {
      scope: sspr.scope,
      groups: [...sspr.groups],
      managedElsewhere: [...sspr.managedElsewhere],
      withoutWriteBack: [...sspr.withoutWriteBack],
    },
    policy: { ...policyFields(config.policy) },
    links: [...config.externalHosts],
  }
}

/**
 * These settings as a file. What the settings do not know of (`dnsServers`, timeouts, `secretFiles`, …) stays as `before` has it.
 * Nothing is written. Throws `config-invalid` for certificates that are no authority's.
 */
export function draftOf(settings: DeskSettings, file: string, before: unknown): ConfigDraft {
  const old = fieldsOf(before)
  const authorities = new Map<string, string>()
  /** A section with its certificates as `caFile`: the one it had where it holds the same, else a new one. */
  const withAuthority = (
    section: 'directory' | 'mailbox' | 'sms' | 'voice' | 'smtp',
    values: Fields,
    ca: string | null,
  ): Fields => {
    const merged = {
      ...withoutNulls({ ...fieldsOf(old[section]), ...values }),
      // Unsaid, it would be the preset's.
      ...(values['delivery'] === null && { delivery: null }),
    }
    const { caFile, ...rest }: Fields = merged
    if (ca === null) return rest
    const pem = authorityIn(ca, section, file)
    if (typeof caFile === 'string' && holds(resolve(dirname(file), caFile), pem)) return merged
    const name = freeName(section, pem, dirname(file))
    authorities.set(name, pem)
    return { ...rest, caFile: name }
  }

  const { ca: directoryCa, ...directory } = settings.directory
  const { mailbox, sms, voice, mailOut } = settings
  const document = {
    ...old,
    version: 1,
    organisation: settings.organisation,
    directory: withAuthority('directory', directory, directoryCa),
    roles: settings.roles,
    policy: policyOfFile(settings.policy, fieldsOf(old['policy'])),
    links: settings.links,
    mailbox: mailbox === null ? null : withAuthority('mailbox', without(mailbox, 'ca'), mailbox.ca),
    sms: sms === null ? null : withAuthority('sms', without(sms, 'ca'), sms.ca),
    voice: voice === null ? null : withAuthority('voice', without(voice, 'ca'), voice.ca),
    smtp: mailOut === null ? null : withAuthority('smtp', without(mailOut, 'ca'), mailOut.ca),
    securityKey: settings.securityKey,
    calls: withoutNulls(settings.calls),
    mailDomains: settings.mailDomains,
    sspr: settings.sspr,
  }
  return { text: `${JSON.stringify(withoutNulls(document), null, 2)}\n`, authorities }
}

/**
 * An expert's own text, as it is, with the certificates that lie beside it under a plain name. Those under a path of their own
 * are expected where the path says.
 */
export function draftOfFile(text: string, value: unknown, folder: string): ConfigDraft {
  const authorities = new Map<string, string>()
  for (const section of ['directory', 'mailbox', 'sms', 'voice', 'smtp']) {
    const { caFile } = fieldsOf(fieldsOf(value)[section])
    if (typeof caFile !== 'string' || isAbsolute(caFile) || /[/\\]/u.test(caFile)) continue
    const authority = readAuthority(join(folder, caFile))
    if ('pem' in authority) authorities.set(caFile, authority.pem)
  }
  return { text, authorities }
}

/** What is to be tried, as the configuration would have it: judged by the same schema. Throws `setting-invalid`. */
export function trialConfig(
  parts: Partial<Pick<DeskSettings, 'directory' | 'mailbox' | 'sms' | 'voice' | 'mailOut'>>,
): DeskConfig {
  const file = resolve('config.json')
  const settings: DeskSettings = {
    organisation: 'Trial',
    directory: {
      kind: 'auto',
      servers: [],
      domain: 'trial.invalid',
      site: null,
      ca: null,
      peopleBase: null,
      bindDn: null,
      protectedGroups: [],
    },
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
    ...parts,
  }
  return asSettings(() => {
    const { text, authorities } = draftOf(settings, file, {})
    return configOf(parseConfigText(file, text), 'machine', authorities)
  })
}

/** A fault in a file that is only in the making is one of a setting: whoever typed it never saw file and line. */
export function asSettings<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'config-invalid') throw error
    const { file: _file, line: _line, ...params } = error.params
    const field = String(params['field'] ?? '').replace(/^smtp(?=\.|$)/u, 'mailOut')
    throw new AppError('setting-invalid', { ...params, field }, { cause: error })
  }
}

function gatewayOf<T extends SmsConfig | VoiceConfig>(
  config: T,
): Omit<T, 'caFile' | 'timeoutMs'> & { timeoutSeconds: number } {
  const { caFile: _, timeoutMs, ...settings } = config
  return { ...settings, timeoutSeconds: Math.round(timeoutMs / 1000) }
}

/** What is as usual stays unsaid, unless the file said it before: a file names what this organisation decided. */
function policyOfFile(policy: Fields, old: Fields): Fields {
  const usual: Fields = { ...policyFields(defaultPolicy) }
  const said = Object.entries(policy).filter(([name, value]) => name in old || value !== usual[name])
  return { ...old, ...Object.fromEntries(said) }
}

function authorityIn(ca: string, section: string, file: string): string {
  const authority = checkAuthority(ca)
  if ('pem' in authority) return authority.pem
  throw invalid({
    file,
    line: 1,
    field: `${section}.caFile`,
    problem: authority.problem,
    expected: `${section}-ca.pem`,
  })
}

function holds(file: string, pem: string): boolean {
  const authority = readAuthority(file)
  return 'pem' in authority && authority.pem === pem
}

/** A name that no other certificates have: the file in force must stay whole until the new configuration is in its place. */
function freeName(section: string, pem: string, folder: string): string {
  const usual = `${section}-ca.pem`
  if (!existsSync(join(folder, usual)) || holds(join(folder, usual), pem)) return usual
  return `${section}-ca-${authorityFingerprint(pem).replaceAll(':', '').slice(0, 16).toLowerCase()}.pem`
}

/** The fields of an object; none for anything else. */
function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

function without<T extends object, K extends keyof T>(value: T, name: K): Omit<T, K> {
  const { [name]: _, ...rest } = value
  return rest
}

/** A file says nothing about what is not there. */
function withoutNulls(value: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, content]) => content !== null))
}
