/** What waits for an approver. */
export const approvals = {
  title: 'Approvals',
  list: 'What waits for an approver',
  count: 'nothing waits | {count} waits | {count} wait',
  privileged: 'Privileged',
  privilegedText: 'This person is privileged. Look at the evidence with care.',
  left: '{time} left',
  over: 'Over',
  overText: 'The time is over. The agent can ask again.',
  askedBy: 'asked by {name}',
  action: {
    reset: 'Reset or unlock',
    'access-code': 'Temporary access code',
  },
  actionFor: {
    reset: 'Reset or unlock, request {number}',
    'access-code': 'Temporary access code, request {number}',
  },
  evidence: {
    'in-person': 'In person',
    'call-back': 'Call back',
    'second-person': 'The caller was checked',
  },
  meaning: {
    'in-person':
      'The agent says that this person stands at the desk and showed the document. Approve if you have no reason to doubt it.',
    'call-back':
      'The agent says that they called this number themselves and spoke to the person. Approve if you have no reason to doubt it.',
    'second-person':
      'The desk has checked the caller. You agree that the action is carried out. Approve if you know of the case or asked the agent.',
  },
  evidenceLabel: 'Evidence',
  agent: 'Agent',
  askedAt: 'Asked',
  note: 'Note of the agent',
  noNote: 'None',
  timeLeft: 'Time left',
  request: 'Open request {number}',
  /** Why the one who is signed in may not decide. */
  refusal: {
    'own-case': 'Your own case: another approver decides.',
    'own-account': 'Your own account: another approver decides.',
  },
  approve: {
    open: 'Approve',
    title: 'Approve for {name} (request {number})?',
    text: 'The directory is asked anew whether you may approve, and your name is recorded. The agent can then carry out the action once, within the next minutes.',
    reason: 'Remark (optional)',
    reasonHint: 'For example: asked the agent by phone.',
    confirm: 'Approve',
    done: 'Approved for {name}.',
  },
  refuse: {
    open: 'Refuse approval',
    title: 'Refuse approval for {name} (request {number})?',
    text: 'Nothing can be written on this evidence. The agent sees your reason.',
    reason: 'Reason',
    reasonHint: 'For example: the document was not seen. No passwords or codes.',
    reasonMissing: 'Enter a reason.',
    confirm: 'Refuse approval',
    done: 'Refused for {name}.',
  },
  empty: {
    title: 'Nothing waits for an approver',
    next: 'What agents ask for appears here by itself, from every desk.',
  },
  keys: {
    next: 'Next case',
    previous: 'Previous case',
    request: 'Open the request',
  },
}
