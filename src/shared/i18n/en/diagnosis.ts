/**
 * Why self-service failed and what mends it. `sayError` is what stands on the caller's own screen, in Microsoft's words; `say`
 * is read out to somebody who has not been checked yet: it says nothing about the state of the account.
 */
export const diagnosis = {
  title: 'Why self-service failed',
  again: 'Diagnose again',
  more: 'What to do and say',
  asOf: 'As of {time}',
  microsoftCode: 'Microsoft code',
  decidedBy: 'Decided by {name}.',
  cause: {
    'managed-elsewhere': 'Managed elsewhere',
    'not-enabled': 'Not enabled',
    'not-registered': 'Not registered',
    none: 'Self-service works',
    unknown: 'Not diagnosed yet',
  },
  errorLabel: 'The caller sees',
  sayError: {
    'managed-elsewhere': 'Contact your administrator. Your account password is not managed by Microsoft.',
    'not-enabled': 'Your account is not enabled for password reset.',
    'not-registered': 'We could not verify your account.',
  },
  reason: {
    'password-elsewhere': 'The password is kept in another directory. Self-service cannot change it.',
    'no-write-back': 'The password is in this directory, but self-service cannot write back to it.',
    'smart-card': 'The account signs in with a smart card. Self-service has no password to change.',
    'organisation-off': 'Self-service password reset is turned off for the organisation.',
    'not-in-scope': 'Self-service password reset is on for selected groups, and this person is in none of them.',
    'no-method': 'Self-service is on for this person, but nothing is registered to check them by.',
    'too-few-methods': 'Only {registered} of {required} required methods is registered.',
    'methods-waiting': 'Methods are registered, but too recently: only {registered} of {required} count so far.',
    ready: 'This person is enabled and has registered enough: {registered} of {required} methods.',
  },
  obstacles: 'Also in the way',
  obstacle: {
    disabled: 'The account is disabled: a new password does not help until an administrator enables it.',
    'account-expired': 'The account has expired: an administrator extends it in the directory.',
    locked: 'The account is locked: a reset unlocks it, or unlock it alone.',
    'must-change': 'The password must be changed at the next sign-in.',
    'password-expired': 'The password has expired: a new one is needed.',
    privileged: 'The account is privileged: in person only, two strong methods, and an approver.',
  },
  fixes: 'What to do',
  fix: {
    'reset-here': 'Check the caller, then reset the password here.',
    'unlock-here': 'Check the caller, then unlock the account here; the password stays.',
    'enable-account': 'An administrator enables or extends the account in the directory.',
    refer: 'Refer the caller to whoever keeps this password; it is not held in the directory of this desk.',
    'add-to-scope': 'Ask an administrator to add this person to a group that may use self-service.',
    'turn-on': 'Ask an administrator to turn self-service password reset on.',
    'register-in-person': 'Register methods with the caller in person, so that they can reset it themselves next time.',
    wait: 'Nothing to change: the methods count once the waiting time is over.',
    'use-self-service': 'The caller can reset it themselves with the registered methods.',
  },
  toChecking: 'Go to checking',
  toRegistration: 'Open registration',
  sayTitle: 'Say to the caller',
  sayLanguage: { ja: 'Japanese', en: 'English' },
  say: {
    'password-elsewhere':
      'That message appears because your password is not managed there, so it cannot be reset automatically. I will check that it is you, and then we will set it from here.',
    'no-write-back':
      'That message appears because your password is kept in our own directory, where it cannot be reset automatically. I will check that it is you, and then we will set it from here.',
    refer:
      'That message appears because your password is kept in another system, which I cannot change from here. I will tell you who can reset it.',
    'smart-card':
      'That message appears because you sign in with a smart card, so there is no password to reset. I will tell you who looks after the cards.',
    'organisation-off':
      'That message appears because resetting your own password is not turned on in this organisation. It is not your mistake. I will check that it is you, and then help you from here.',
    'not-in-scope':
      'That message appears because resetting your own password has not been turned on for your account. It is not your mistake. I will check that it is you, and then help you from here.',
    'no-method':
      'That message appears because no security info is registered for you yet. I will check that it is you in another way. Please register once you can sign in, and next time you can do it yourself.',
    'too-few-methods':
      'That message appears because you have registered fewer methods than are needed. I will check that it is you, and then help you from here. Please register another method once you can sign in.',
    'methods-waiting':
      'That message appears because your security info was registered only recently and does not count yet. I will check that it is you in another way.',
    ready:
      'You should be able to reset it yourself with the methods you registered. If you cannot use them now, I will check that it is you and help you from here.',
  },
}
