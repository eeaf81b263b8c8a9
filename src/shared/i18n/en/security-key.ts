/** What a security key waits for. */
export const securityKey = {
  title: 'Security key',
}
