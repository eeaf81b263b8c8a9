import { z } from 'zod'
import { instant } from './common'
import { methodType } from './verification'

export const importProblems = [
  'columns-missing',
  'too-few-columns',
  'user-missing',
  'user-unknown',
  'user-ambiguous',
  'type-unknown',
  'type-not-imported',
  'not-in-policy',
  'number-invalid',
  'extension-invalid',
  'address-invalid',
  'label-too-long',
  'repeated-row',
  'already-registered',
  'limit',
  'own-account',
  'erased',
] as const

/** A row that will not be imported: its line in the file, counted from 1, and why. Values are not repeated here: they are personal data. */
const badRow = z.object({ line: z.int(), userId: z.string(), column: z.string(), problem: z.enum(importProblems) })
export type BadRow = z.infer<typeof badRow>

/** What a file would do, before anything is written. */
export const importPreview = z.object({
  importId: z.uuid(),
  file: z.string(),
  rows: z.int(),
  good: z.int(),
  people: z.int(),
  types: z.array(z.object({ type: methodType, count: z.int() })),
  /** At most 1,000; `badRows` counts all. */
  bad: z.array(badRow),
  badRows: z.int(),
  expiresAt: instant,
})
export type ImportPreview = z.infer<typeof importPreview>

export const importOutcome = z.object({ added: z.int(), people: z.int(), skipped: z.int() })
export type ImportOutcome = z.infer<typeof importOutcome>

/** How far a running import is; `null`: none runs. */
export const importProgress = z
  .object({ step: z.enum(['reading', 'checking', 'writing']), done: z.int(), total: z.int().nullable() })
  .nullable()
export type ImportProgress = z.infer<typeof importProgress>
