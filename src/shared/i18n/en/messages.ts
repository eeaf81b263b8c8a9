/** What main itself says: messages, calls and mails to people, desktop notifications. */
export const messages = {
  /** For an organisation whose name cannot be written or spoken. */
  helpDesk: 'Help desk',
  sms: {
    /** At most 160 characters of the GSM alphabet with the name: `domain/sms-text.ts` cuts the name. */
    code: '{organisation}: code {code}, valid for {minutes} min. Tell it only to the help desk that you called yourself. Nobody else needs it.',
    /** The help desk says the code; within the same limit. */
    reverse:
      '{organisation}: the help desk will tell you the code {code}. Whoever cannot is not the help desk: hang up. Do not say it first.',
  },
  /** Spoken; {digits} one by one, each a sentence of its own, so that they come slowly. */
  voice: {
    caller: 'the help desk of {organisation}',
    callerUnnamed: 'the help desk',
    digits: ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'],
    digit: '{digit}. ',
    code: 'Hello. This is a call from {caller}. Here is your code. {digits}Once more. {digits}Tell it only to the help desk that you called yourself. Goodbye.',
    reverse:
      'Hello. This is a call from {caller}. When the help desk speaks to you, it will tell you this code. {digits}Once more. {digits}Whoever cannot tell you this code is not the help desk. Hang up, and do not say it first. Goodbye.',
  },
  /** Plain text, without any link. */
  mail: {
    subject: '{organisation}: your code',
    code: `Here is the code from the help desk of {organisation}:

    {code}

It is valid for {minutes} minutes.

Tell it to nobody but the help desk that you called yourself. Nobody else needs it, and no website asks for it.
If you did not call the help desk, keep the code to yourself and let the help desk know.

This mail was sent automatically. Please do not reply.
`,
    reverseSubject: '{organisation}: the code that the help desk tells you',
    reverse: `When the help desk of {organisation} speaks to you, it will tell you this code:

    {code}

Whoever cannot tell you this code is not the help desk: end the conversation, and call the help desk yourself.
Do not say the code first.

This mail was sent automatically. Please do not reply.
`,
  },
  /** To the admin's own number or address. */
  trial: {
    spoken: 'Hello. This is a test call of SSPR Desk. Nothing has to be done. Goodbye.',
    subject: 'SSPR Desk: test',
    mail: `This is a test mail of SSPR Desk. Mails with codes reach this address.

Nothing has to be done.
`,
  },
  notification: {
    /** Number or count only: others see the screen too. */
    newOne: 'New request #{number}',
    newMany: '{count} new requests',
    overdueOne: 'Request #{number} is overdue',
    overdueMany: '{count} requests are overdue',
    openOne: 'Click to open it.',
    openMany: 'Click to open the queue.',
  },
}
