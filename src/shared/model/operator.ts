import { z } from 'zod'
import { instant, personId } from './common'

/** What an operator may do; several may apply. Read from nested directory groups (DESIGN.md §5.2). */
export const roles = ['agent', 'approver', 'admin', 'auditor'] as const
export const role = z.enum(roles)
export type Role = z.infer<typeof role>

/** Somebody who works at the desk. */
const operator = z.object({
  id: personId,
  name: z.string(),
  userId: z.string(),
  roles: z.array(role),
})
export type Operator = z.infer<typeof operator>

export const directoryKinds = ['active-directory', 'openldap', 'sample'] as const
export const directoryKind = z.enum(directoryKinds)
export type DirectoryKind = z.infer<typeof directoryKind>

/** Where the app stands before and after sign-in; the renderer chooses its first screen by `phase`. */
export const sessionStatus = z.object({
  phase: z.enum(['needs-config', 'config-broken', 'needs-vault', 'vault-locked', 'signed-out', 'locked', 'active']),
  /** Why a broken configuration cannot be used (`config-broken` only). */
  problem: z.object({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) }).nullable(),
  organisation: z.string(),
  directoryKind: directoryKind.nullable(),
  /** The server that answers, once signed in: host and port. */
  server: z.string().nullable(),
  operator: operator.nullable(),
  idleLockSeconds: z.number(),
  /** How long before its due time a request is shown as due soon, by policy. */
  dueSoonSeconds: z.number(),
  /** The desk takes no action until the audit store is mended (DESIGN.md §5.8). */
  closed: z.boolean(),
  /** The installation key lies in a plain key file, not under the operating system's protection. */
  keyFileWarning: z.boolean(),
  sample: z.boolean(),
  /** Where an administrator's configuration file belongs on this machine (absolute path). */
  configPath: z.string(),
  now: instant,
})
export type SessionStatus = z.infer<typeof sessionStatus>
