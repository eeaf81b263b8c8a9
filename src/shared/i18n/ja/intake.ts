import type { intake as en } from '../en/intake'

/** メールの受け付けの文言。 */
export const intake: typeof en = {}
