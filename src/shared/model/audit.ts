import { z } from 'zod'
import { instant, line } from './common'

export const auditActions = [
  'desk.started',
  'session.sign-in',
  'session.unlock',
  'session.lock',
  'session.sign-out',
  'request.create',
  'request.claim',
  'request.release',
  'request.hand-over',
  'request.note',
  'request.complete',
  'request.refuse',
  'request.reopen',
  'request.expire',
  'request.repeat',
  'intake.take',
  'intake.match',
  'intake.dismiss',
  'intake.templates',
  'verification.send',
  'verification.check',
  'verification.attest',
  'verification.approve',
  'verification.reopen-checks',
  'verification.draw',
  'verification.dial',
  'verification.reverse',
  'verification.report',
  'registration.start',
  'registration.confirm',
  'registration.remove',
  'registration.rename',
  'registration.default',
  'registration.import-check',
  'registration.import',
  'registration.questions',
  'privacy.reveal',
  'privacy.export',
  'privacy.erase',
  'threat.set',
  'reset.password',
  'reset.unlock',
  'reset.recheck',
  'reset.copy-password',
  'audit.verify',
  'audit.save-copy',
  'vault.create',
  'vault.recover',
  'settings.save',
  'settings.try',
] as const
const auditAction = z.enum(auditActions)
export type AuditAction = z.infer<typeof auditAction>

/** `intent` is written before the act, `result` after it; both carry the same operation id. */
export const auditPhase = z.enum(['intent', 'result'])

/**
 * One row of the chain as people read it. `outcome`: `started` on an intent, then `succeeded`, `indeterminate`, or the
 * code of the refusal.
 */
export const auditRow = z.object({
  seq: z.int(),
  at: instant,
  operationId: z.uuid(),
  phase: auditPhase,
  action: auditAction,
  outcome: z.string(),
  actorId: z.string(),
  actorName: z.string(),
  targetId: z.string(),
  targetName: z.string(),
  /** The person was erased: what named and described them here is gone, and the id is all that is left. */
  erased: z.boolean().default(false),
  requestId: z.string(),
  requestNumber: z.int().nullable(),
  /** Facts of the action: kinds, counts, masks, reasons. Never a secret. */
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** SHA-256 of this row, hex. */
  hash: z.string(),
})
export type AuditRow = z.infer<typeof auditRow>

export const auditFilter = z.object({
  text: line(100).default(''),
  actions: z.array(auditAction).max(auditActions.length).default([]),
  outcome: z.enum(['any', 'succeeded', 'failed', 'indeterminate']).default('any'),
  from: instant.nullable().default(null),
  until: instant.nullable().default(null),
})
export type AuditFilter = z.input<typeof auditFilter>

/** What the verifier found. `brokenSeq` names the first row that does not fit. */
export const auditVerdict = z.object({
  intact: z.boolean(),
  rows: z.int(),
  firstAt: instant.nullable(),
  lastAt: instant.nullable(),
  headHash: z.string(),
  checkpoints: z.int(),
  brokenSeq: z.int().nullable(),
  problem: z
    .enum([
      'none',
      'row-changed',
      'row-missing',
      'row-order',
      'chain-broken',
      'checkpoint-signature',
      'checkpoint-mismatch',
      'tail-missing',
      'unreadable',
    ])
    .default('none'),
  /** Intent rows without a result: the app or the machine died in between. */
  unfinished: z.int(),
})
export type AuditVerdict = z.infer<typeof auditVerdict>
