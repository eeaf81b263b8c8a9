/** What main itself says: text messages to people, desktop notifications. */
export const messages = {}
