import type { setup as en } from '../en/setup'

export const setup: typeof en = {}
