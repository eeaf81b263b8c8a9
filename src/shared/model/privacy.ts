import { z } from 'zod'

/** A registered number or address in full, for an admin who said why. */
export const revealed = z.object({ value: z.string(), extension: z.string() })
export type Revealed = z.infer<typeof revealed>

/** What an erasure took away from this desk. */
export const erasure = z.object({ methods: z.int(), requests: z.int(), mails: z.int() })
export type Erasure = z.infer<typeof erasure>
