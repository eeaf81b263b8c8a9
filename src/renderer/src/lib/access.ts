import type { Role } from '../../../shared/model/operator'

/** The screens of the rail. */
export type Screen = 'queue' | 'call' | 'people' | 'approvals' | 'audit' | 'settings'

/** Who may use which screen; main decides again at every call. */
const access: Readonly<Record<Screen, readonly Role[]>> = {
  queue: ['agent', 'approver', 'admin'],
  call: ['agent'],
  people: ['agent', 'approver', 'admin'],
  approvals: ['approver'],
  audit: ['auditor', 'admin', 'approver'],
  settings: ['agent', 'approver', 'admin', 'auditor'],
}

/** The screens that these roles may use, in the order of the rail. */
export function screensFor(roles: readonly Role[]): readonly Screen[] {
  const all: readonly Screen[] = ['queue', 'call', 'people', 'approvals', 'audit', 'settings']
  return all.filter((screen) => access[screen].some((role) => roles.includes(role)))
}
