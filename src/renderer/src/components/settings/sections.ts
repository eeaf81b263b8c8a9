import type { Role } from '../../../../shared/model/operator'

const sections = [
  'mine',
  'directory',
  'roles',
  'mailbox',
  'templates',
  'sms',
  'voice',
  'mailOut',
  'securityKey',
  'questions',
  'scope',
  'policy',
  'threat',
  'desk',
] as const
export type Section = (typeof sections)[number]
/** Saved one by one, outside the configuration file. */
const apart = ['mine', 'templates', 'questions', 'threat'] as const
type SectionApart = (typeof apart)[number]
/** Changed together, in the configuration file. */
export type EditableSection = Exclude<Section, SectionApart>

/** Who sees which section; main decides again at every call. Changing is for admins alone. */
const readers: Readonly<Record<Section, readonly Role[]>> = {
  mine: ['agent', 'approver', 'admin', 'auditor'],
  directory: ['agent', 'approver', 'admin', 'auditor'],
  roles: ['agent', 'approver', 'admin', 'auditor'],
  mailbox: ['admin'],
  templates: ['agent', 'approver', 'admin'],
  sms: ['admin'],
  voice: ['admin'],
  mailOut: ['admin'],
  securityKey: ['admin'],
  questions: ['agent', 'approver', 'admin'],
  scope: ['admin'],
  policy: ['agent', 'approver', 'admin', 'auditor'],
  threat: ['agent', 'approver', 'admin', 'auditor'],
  desk: ['agent', 'approver', 'admin', 'auditor'],
}

/** The sections for these roles, in their order. */
export function sectionsFor(roles: readonly Role[]): readonly Section[] {
  return sections.filter((section) => readers[section].some((role) => roles.includes(role)))
}

/** Whether a section is part of the configuration file. */
export function isEditable(section: Section): section is EditableSection {
  return !apart.some((one) => one === section)
}
