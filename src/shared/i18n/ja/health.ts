import type { health as en } from '../en/health'

/** 稼働状況の文言。 */
export const health: typeof en = {}
