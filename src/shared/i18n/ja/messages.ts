import type { messages as en } from '../en/messages'

/** SMS と通知の文言。 */
export const messages: typeof en = {}
