import { z } from 'zod'
import { instant } from './common'

/**
 * Heightened threat (DOMAIN.md C2): weak kinds do not count, and everybody is served like a privileged person. `changedAt` is `null`
 * while nobody has ever changed it.
 */
export const threat = z.object({
  heightened: z.boolean(),
  reason: z.string(),
  changedAt: instant.nullable(),
  changedBy: z.string(),
})
export type Threat = z.infer<typeof threat>
