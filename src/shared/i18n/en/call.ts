/** Call mode: one screen for the hurried call, its steps, and what to say next. */
export const call = {
  title: 'Call mode',
  work: 'Work on the call',
  about: 'About the caller',
  back: 'back, nothing is lost',
  timer: 'Time since the call began',
  toRequest: 'Open the request',
  sayNext: 'Say next',
  steps: {
    label: 'Steps of the call',
    find: 'Find',
    check: 'Check',
    reset: 'Reset',
    note: 'Note',
  },
  keys: {
    back: 'One step back',
    goOn: 'Confirm the write, or finish',
    resume: 'Go on with the call',
    request: 'Open the request screen',
    language: 'Switch the caller’s language',
    send: 'Send a code',
    other: 'Use another method',
    reset: 'Reset password',
    unlock: 'Unlock only',
  },
  find: {
    title: 'Find the caller',
    label: 'Who is calling?',
    hint: 'takes the only match. Among several, ↓ chooses first.',
    text: 'Enter opens the person’s request and claims it. Somebody without one gets a new request by phone.',
    opening: 'Opening the request',
    waits: 'Request {number} of {name} waits',
    resume: 'Go on',
  },
  check: {
    other: 'Use another method',
  },
  stuck: {
    blocked: {
      title: 'Nothing is done for this person by phone',
      next: 'Tell the caller what to do next, then close the request on its screen.',
    },
    closed: {
      title: 'Nobody can be checked here now',
      next: 'An approver can reopen the checks on the request screen.',
    },
    attest: {
      title: 'Codes alone do not count for this person: too few methods',
      next: 'Call back, or see the person at the desk. An approver agrees on the request screen.',
    },
    waiting: {
      title: 'An approver has to agree',
      next: 'The approver speaks on the request screen. The call goes on here afterwards.',
    },
    'no-way': {
      title: 'This person cannot be checked by phone',
      next: 'Too few usable methods, and no number in the directory is old enough. Ask them to come to the desk.',
    },
    lost: {
      title: 'You do not hold this request any more',
      next: 'It was passed on, released or closed. Holder now: {name}',
    },
  },
  write: {
    proofOver: 'The checks have expired. Check the caller again.',
    checkAgain: 'Check the caller again',
  },
  note: {
    label: 'Note (optional)',
    hint: 'Kept in the history of the request. Never write a password or a code here.',
    finish: 'Finish the call',
    finishRead: 'Password is read out: finish',
    held: 'The password is still on screen and cannot be shown again. Read it out, then finish.',
  },
  over: {
    title: 'The call is done',
    next: 'Next call',
  },
  say: {
    find: 'Hello, this is the help desk. May I have your name and your user ID, please?',
    moment: 'One moment, please. I am opening your request.',
    app: 'Before I do anything, I check that it is you. Please open the authenticator app and read me the six digits for {organisation}.',
    appNoName:
      'Before I do anything, I check that it is you. Please open the authenticator app and read me the six digits.',
    appAgain: 'That code did not match. Please wait for the next one and read it to me.',
    phoneSend: 'I am going to send a code to your mobile ending in {digits}. Do you have it with you?',
    phone: 'A message is on its way to your mobile ending in {digits}. Please read me the six digits.',
    phoneAgain: 'That code did not match. Please read me the six digits of the newest message once more.',
    stuck: 'I cannot confirm by phone who you are. I will tell you what you can do next.',
    attest:
      'A code is not enough here. I will call you back at the number in our directory, or you come to the desk with a document.',
    waiting: 'A colleague has to confirm this as well. Please stay on the line.',
    verified: 'Thank you, that is confirmed. One moment, please, while I do this for you.',
    password:
      'I will now read out your temporary password, one character at a time. Please sign in with it and choose your own password at once.',
    unlocked: 'Your account is unlocked. Please sign in with your own password.',
    unknown: 'The system has not answered yet. Please stay on the line while I check.',
    again: 'That did not go through. For your safety I have to check once more that it is you.',
    cannot: 'That is done, but something else still stops your sign-in. An administrator will take care of it.',
    over: 'Is there anything else? Thank you for calling. Goodbye.',
  },
}
