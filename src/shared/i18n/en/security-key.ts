/** What a security key waits for. */
export const securityKey = {
  checkTitle: 'Check the security key',
  checkText: 'For the key of {name}. Its owner stands at this machine and does all of it alone.',
  step: {
    start: 'Looking for a security key',
    startNext: 'This takes a moment.',
    insert: 'Plug in the security key',
    insertNext: 'Into a USB port of this machine. It goes on by itself.',
    choose: 'Touch the key that is meant',
    chooseNext: 'More than one is plugged in; all of them blink.',
    pin: 'The key asks for its PIN',
    pinNext: 'Hand the keyboard to its owner. Please look away while the PIN is typed.',
    touch: 'Touch the key now',
    touchNext: 'It blinks. A short touch on its metal part is enough.',
    dialog: 'Go on in the window of the system',
    dialogNext: 'It asks for the key and its PIN by itself. It may lie behind this window.',
    working: 'The key is at work',
    workingNext: 'Leave it plugged in.',
  },
  pin: {
    label: 'PIN of the security key',
    hint: 'Typed by the owner of the key. It is not kept.',
    submit: 'Go on',
    short: 'A PIN has four characters or more.',
    left: 'No try is left. | {count} try is left before the key locks itself. | {count} tries are left before the key locks itself.',
    wrong: 'The PIN did not match. Its owner types it anew.',
    wrongLeft:
      'The PIN did not match. No try is left. | The PIN did not match. {count} try is left before the key locks itself. | The PIN did not match. {count} tries are left before the key locks itself.',
  },
  cancel: 'Cancel',
  retry: 'Start again',
  /** Why no key can be used at this machine. */
  unavailable: {
    'not-set-up': 'Security keys are not set up here. An administrator sets them up in the configuration.',
    'no-library': 'A system library for USB devices (libusb) is missing on this machine. An administrator installs it.',
    'no-permission': 'This user may not use USB keys on this machine. On Linux, an administrator adds the udev rule.',
    'not-this-system': 'Security keys cannot be used on this operating system yet.',
    failed: 'The part that talks to security keys does not start. Health in the status line says more.',
  },
}
