/** The wizard's steps in their order; `mailbox`, `sms` and `ways` (calls and mails with codes) can be left out. */
export const wizardSteps = [
  'directory',
  'trust',
  'account',
  'groups',
  'mailbox',
  'sms',
  'ways',
  'policy',
  'summary',
] as const
export type WizardStep = (typeof wizardSteps)[number]

const places: readonly (readonly [start: string, step: WizardStep])[] = [
  ['organisation', 'directory'],
  ['directory.ca', 'trust'],
  ['directory.bindDn', 'account'],
  ['directory.peopleBase', 'groups'],
  ['directory.protectedGroups', 'groups'],
  ['directory', 'directory'],
  ['roles', 'groups'],
  ['mailbox', 'mailbox'],
  ['sms', 'sms'],
  ['voice', 'ways'],
  ['mailOut', 'ways'],
  // As main names it, and the file.
  ['smtp', 'ways'],
  ['sspr', 'policy'],
  ['policy', 'policy'],
]

/** The step on which a field of the configuration is asked; `null`: on none. */
export function stepOfField(field: string): WizardStep | null {
  const isIn = (start: string): boolean =>
    field === start || field.startsWith(`${start}.`) || field.startsWith(`${start}[`)
  return places.find(([start]) => isIn(start))?.[1] ?? null
}
