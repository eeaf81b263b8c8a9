/** Forms that wizard and settings share: directory, roles, mailbox, gateway, policy. */
export const connections = {}
