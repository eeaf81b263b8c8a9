/** Heightened threat: the switch and its banner. */
export const threat = {
  title: 'Heightened threat',
  text: 'While it is on, phone, mail and security questions do not count. Everybody needs two strong checks or an identity check in person, and an approver.',
  on: 'On',
  off: 'Off',
  never: 'Never switched on.',
  changed: 'Last changed by {name}, {at}.',
  banner: {
    title: 'Heightened threat is on',
    since: 'since {at}, by {name}',
    reason: 'Reason: {reason}',
    meaning:
      'Phone, mail and questions do not count. Everybody needs two strong checks or an identity check in person, and an approver.',
  },
  reason: 'Reason',
  reasonMissing: 'Enter a reason.',
  begin: {
    open: 'Switch on',
    title: 'Switch heightened threat on?',
    text: 'It takes effect at once, at every desk and in cases under way. Every agent sees the reason.',
    reasonHint: 'For example: calls of false employees since this morning.',
    confirm: 'Switch on',
  },
  end: {
    open: 'Switch off',
    title: 'Switch heightened threat off?',
    text: 'The usual rules hold again at once, at every desk.',
    reasonHint: 'For example: the security team gave the all-clear.',
    confirm: 'Switch off',
  },
}
