/** What waits for an approver. */
export const approvals = {
  title: 'Approvals',
}
