import type { diagnosis as en } from '../en/diagnosis'

/** 診断の文言。 */
export const diagnosis: typeof en = {}
