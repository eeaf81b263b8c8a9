import type { Role } from '../../../../shared/model/operator'

const sections = ['mine', 'directory', 'roles', 'mailbox', 'templates', 'sms', 'scope', 'policy', 'desk'] as const
export type Section = (typeof sections)[number]

/** Who sees which section; main decides again at every call. Changing is for admins alone. */
const readers: Readonly<Record<Section, readonly Role[]>> = {
  mine: ['agent', 'approver', 'admin', 'auditor'],
  directory: ['agent', 'approver', 'admin', 'auditor'],
  roles: ['agent', 'approver', 'admin', 'auditor'],
  mailbox: ['admin'],
  templates: ['agent', 'approver', 'admin'],
  sms: ['admin'],
  scope: ['admin'],
  policy: ['agent', 'approver', 'admin', 'auditor'],
  desk: ['agent', 'approver', 'admin', 'auditor'],
}

/** The sections for these roles, in their order. */
export function sectionsFor(roles: readonly Role[]): readonly Section[] {
  return sections.filter((section) => readers[section].some((role) => roles.includes(role)))
}
