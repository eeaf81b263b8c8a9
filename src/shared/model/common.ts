import { z } from 'zod'

/** A UTC instant in ISO 8601 with milliseconds and `Z`; fields that hold one are named `…At` (DESIGN.md §5.10). */
export const instant = z.iso.datetime()

/**
 * A person for good: `objectGUID` or `entryUUID` (lower case), `@`, and the directory's id (its naming context in lower
 * case). Never a name or a DN: those change (DESIGN.md §5.11).
 */
export const personId = z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}@.{1,255}$/u)
export type PersonId = z.infer<typeof personId>

/** One line that a person typed: trimmed, NFC, whole characters only, without control characters. */
export const line = (max: number) =>
  z
    .string()
    .max(max)
    .transform((text) => text.toWellFormed().normalize('NFC').trim())
    // eslint-disable-next-line no-control-regex -- control characters are just what is refused here
    .refine((text) => !/[\u0000-\u001f\u007f]/u.test(text), 'control characters')

/** Several lines that a person typed: trimmed, NFC, whole characters only; line breaks and tabs are kept, other control characters refused. */
export const paragraph = (max: number) =>
  z
    .string()
    .max(max)
    .transform((text) => text.toWellFormed().normalize('NFC').trim())
    // eslint-disable-next-line no-control-regex -- control characters are just what is refused here
    .refine((text) => !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/u.test(text), 'control characters')

/** Says that there is nothing to say: a call without input. */
export const nothing = z.undefined()

export const languages = ['ja', 'en'] as const
export type Language = (typeof languages)[number]
