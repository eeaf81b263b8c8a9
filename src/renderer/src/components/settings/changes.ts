import type { DeskSettings, SecretValues } from '../../../../shared/model/desk-settings'
import { policyNumbers, policySwitches } from '../../../../shared/policy-fields'
import { hasWords } from '../../lib/i18n'
import { nameOfDn } from '../connections/form'
import type { GatewayPart } from '../connections/gateway'
import type { EditableSection } from './sections'

type Translate = (key: string, params?: Record<string, string | number>) => string

/** One field that saving would change; the texts are for people, `null` where the value itself says nothing to them. */
export interface SettingsChange {
  readonly section: EditableSection
  readonly path: string
  readonly label: string
  readonly before: string | null
  readonly after: string | null
}

/** The words of a field, by its path in the settings; `NAME.*` stands for the fields below. */
const labels: Readonly<Record<string, string>> = {
  organisation: 'settings.file.organisation',
  links: 'settings.desk.links',
  'directory.kind': 'connections.directory.kind',
  'directory.servers': 'connections.directory.servers',
  'directory.domain': 'connections.directory.domain',
  'directory.site': 'connections.directory.site',
  'directory.ca': 'connections.authority.label',
  'directory.peopleBase': 'connections.directory.peopleBase',
  'directory.bindDn': 'connections.directory.bindDn',
  'directory.protectedGroups': 'connections.directory.protectedGroups',
  'roles.agent': 'common.role.agent',
  'roles.approver': 'common.role.approver',
  'roles.admin': 'common.role.admin',
  'roles.auditor': 'common.role.auditor',
  mailbox: 'settings.sections.mailbox',
  'mailbox.host': 'connections.mailbox.host',
  'mailbox.port': 'connections.mailbox.port',
  'mailbox.security': 'connections.mailbox.security',
  'mailbox.userName': 'connections.mailbox.userName',
  'mailbox.folder': 'connections.mailbox.folder',
  'mailbox.ca': 'connections.authority.label',
  'mailbox.startDays': 'connections.mailbox.startDays',
  'mailbox.identity': 'connections.mailbox.identity',
  sms: 'settings.sections.sms',
  'sms.delivery': 'connections.sms.asks',
  voice: 'settings.voice.byGateway',
  'voice.delivery': 'connections.voice.asks',
  'voice.englishVoice': 'connections.voice.englishVoice',
  ...gatewayLabels('sms'),
  ...gatewayLabels('voice'),
  mailOut: 'settings.sections.mailOut',
  'mailOut.host': 'connections.mailOut.host',
  'mailOut.port': 'connections.mailbox.port',
  'mailOut.security': 'connections.mailbox.security',
  'mailOut.userName': 'connections.mailOut.userName',
  'mailOut.from': 'connections.mailOut.from',
  'mailOut.fromName': 'connections.mailOut.fromName',
  'mailOut.ca': 'connections.authority.label',
  mailDomains: 'settings.mailOut.domains',
  securityKey: 'settings.sections.securityKey',
  'securityKey.rpId': 'settings.securityKey.rpId',
  'calls.scheme': 'connections.calls.scheme',
  'calls.host': 'connections.calls.host',
  'sspr.scope': 'connections.scope.label',
  'sspr.groups': 'connections.scope.groups',
  'sspr.managedElsewhere': 'connections.scope.elsewhere',
  'sspr.withoutWriteBack': 'connections.scope.withoutWriteBack',
}

/** A gateway's fields, which messages and calls have in common. */
function gatewayLabels(part: GatewayPart): Record<string, string> {
  return {
    [`${part}.preset`]: 'connections.gateway.preset',
    [`${part}.method`]: 'connections.gateway.method',
    [`${part}.url`]: 'connections.gateway.url',
    [`${part}.headers`]: 'connections.gateway.headers',
    [`${part}.contentType`]: 'connections.gateway.contentType',
    [`${part}.body`]: 'connections.gateway.body',
    [`${part}.escaping`]: 'connections.gateway.escaping',
    [`${part}.sender`]: 'connections.gateway.sender',
    [`${part}.successStatuses`]: 'connections.gateway.statuses',
    [`${part}.successText`]: 'connections.gateway.successText',
    [`${part}.idPath`]: `connections.${part}.idPath`,
    [`${part}.ca`]: 'connections.authority.label',
    [`${part}.timeoutSeconds`]: 'connections.gateway.timeout',
    [`${part}.allowedHosts`]: 'connections.gateway.allowedHosts',
    [`${part}.region`]: 'connections.gateway.region',
  }
}

/** Long or technical: that it changed is said, not how. */
const silent: ReadonlySet<string> = new Set(['ca', 'headers', 'body', 'delivery'])

const places: Readonly<Record<string, EditableSection>> = {
  organisation: 'desk',
  links: 'desk',
  directory: 'directory',
  roles: 'roles',
  mailbox: 'mailbox',
  sms: 'sms',
  voice: 'voice',
  calls: 'voice',
  mailOut: 'mailOut',
  // As main names it, and the file.
  smtp: 'mailOut',
  mailDomains: 'mailOut',
  securityKey: 'securityKey',
  sspr: 'scope',
  policy: 'policy',
}

/** The section in which a field of the configuration is set; `null`: in none. */
export function sectionOfField(field: string): EditableSection | null {
  return places[/^[^.[]*/u.exec(field)?.[0] ?? ''] ?? null
}

/** Everything that saving would change, in the order of the sections. */
export function changesOf(
  before: DeskSettings,
  after: DeskSettings,
  secrets: SecretValues,
  t: Translate,
): SettingsChange[] {
  const change = (path: string, one: unknown, other: unknown): SettingsChange[] => {
    if (JSON.stringify(one) === JSON.stringify(other)) return []
    const texts = silent.has(path.split('.')[1] ?? '')
      ? { before: null, after: null }
      : { before: said(path, one, t), after: said(path, other, t) }
    return [{ section: sectionOfField(path) ?? 'desk', path, label: labelOf(path, t), ...texts }]
  }
  const fields = (name: string, one: Fields, other: Fields): SettingsChange[] =>
    Object.keys({ ...one, ...other }).flatMap((key) => change(`${name}.${key}`, one[key], other[key]))
  const optional = (name: 'mailbox' | 'sms' | 'voice' | 'mailOut' | 'securityKey'): SettingsChange[] => {
    const [one, other] = [before[name], after[name]]
    if (one !== null && other !== null) return fields(name, { ...one }, { ...other })
    if (one === null && other === null) return []
    const word = (set: boolean): string => t(set ? 'settings.save.setUp' : 'settings.save.notSetUp')
    const texts = { before: word(one !== null), after: word(other !== null) }
    return [{ section: name, path: name, label: labelOf(name, t), ...texts }]
  }
  return [
    ...fields('directory', { ...before.directory }, { ...after.directory }),
    ...fields('roles', { ...before.roles }, { ...after.roles }),
    ...optional('mailbox'),
    ...optional('sms'),
    ...fields('calls', before.calls, after.calls),
    ...optional('voice'),
    ...optional('mailOut'),
    ...change('mailDomains', before.mailDomains, after.mailDomains),
    ...optional('securityKey'),
    ...fields('sspr', { ...before.sspr }, { ...after.sspr }),
    ...fields('policy', wholePolicy(before), wholePolicy(after)),
    ...change('organisation', before.organisation, after.organisation),
    ...change('links', before.links, after.links),
    ...Object.keys(secrets).map((name) => ({
      section: sectionOfSecret(name),
      path: name,
      label: t('settings.save.secret', { name }),
      before: null,
      after: null,
    })),
  ]
}

/** `intake.password` belongs to the mailbox, `smtp.password` to the mails that are sent. */
function sectionOfSecret(name: string): EditableSection {
  const start = name.split('.')[0] ?? ''
  return start === 'intake' ? 'mailbox' : (sectionOfField(start) ?? 'desk')
}

type Fields = Readonly<Record<string, unknown>>

/** A default that is written out is no change. */
function wholePolicy({ policy }: DeskSettings): Fields {
  const standards = Object.fromEntries(Object.entries(policyNumbers).map(([name, { standard }]) => [name, standard]))
  return { ...standards, ...policySwitches, ...policy }
}

function labelOf(path: string, t: Translate): string {
  const [start = '', name = ''] = path.split('.')
  return start === 'policy' ? t(`connections.policy.fields.${name}`) : t(labels[path] ?? 'settings.title')
}

/** A field of the configuration with its section, for where the section is not on screen; `null`: it has no words. */
export function fieldWords(field: string, t: Translate): string | null {
  // The audit names it as the file does.
  const path = field.replace(/^smtp(?=\.|$)/u, 'mailOut')
  const section = sectionOfField(path)
  const isPolicy = path.startsWith('policy.') && hasWords(`connections.policy.fields.${path.slice('policy.'.length)}`)
  if (section === null || (!isPolicy && labels[path] === undefined)) return null
  const label = labelOf(path, t)
  const place = t(`settings.sections.${section}`)
  return label === place || section === 'desk' ? label : t('connections.fact', { name: place, value: label })
}

/** Where the words of a chosen value are, by the field. */
const choices: Readonly<Record<string, readonly string[]>> = {
  'directory.kind': ['common.directoryKind', 'connections.directory'],
  'mailbox.security': ['connections.mailbox.securities'],
  'sms.preset': ['connections.sms.presets'],
  'sms.escaping': ['connections.gateway.escapings'],
  'voice.preset': ['connections.voice.presets'],
  'voice.escaping': ['connections.gateway.escapings'],
  'voice.englishVoice': ['connections.voice.englishVoices'],
  'mailOut.security': ['connections.mailbox.securities'],
  'calls.scheme': ['connections.calls.schemes'],
  'sspr.scope': ['connections.scope'],
}

/** One value of a field, as its form words it. */
export function valueWords(path: string, value: string, t: Translate): string {
  const place = choices[path]?.find((one) => hasWords(`${one}.${value}`))
  return place === undefined ? value : t(`${place}.${value}`)
}

function said(path: string, value: unknown, t: Translate): string {
  if (Array.isArray(value)) {
    return value.length === 0 ? t('settings.save.empty') : value.map((one) => nameOfDn(String(one))).join(', ')
  }
  if (typeof value === 'boolean') return t(value ? 'settings.save.on' : 'settings.save.off')
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  return text === '' ? t('settings.save.empty') : valueWords(path, text, t)
}
