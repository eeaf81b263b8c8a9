import type { call as en } from '../en/call'

/** 通話モードの文言。 */
export const call: typeof en = {}
