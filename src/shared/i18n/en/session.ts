/** Signing in, locking, signing out. */
export const session = {
  signIn: {
    title: 'Sign in',
    lead: 'With the account of the directory.',
    userId: 'User ID',
    userIdHint: "Such as sato.misaki or sato.misaki{'@'}example.co.jp",
    password: 'Password',
    submit: 'Sign in',
    busy: 'Signing in',
    userIdMissing: 'Type the user ID.',
    passwordMissing: 'Type the password.',
    sampleTitle: 'Sample organisation',
    sampleText:
      'Sign in as sato.misaki (agent), takahashi.yumi (approver), tanaka.hiroshi (administrator) or watanabe.aya (auditor). The password of each is {password}',
  },
  ended: {
    rejected: {
      title: 'The session has ended',
      next: 'The directory no longer accepts the password of this session. Sign in again.',
    },
    settingsChanged: {
      title: 'The settings have changed',
      next: 'Everybody at this desk was signed out, so that they apply at once. Sign in again.',
    },
    signedOut: { title: 'Signed out', next: 'Nothing of the last session is kept on the screen.' },
  },
  locked: {
    title: 'Locked',
    lead: '{name} is at work here. The screen comes back as it was.',
    idle: 'Locked after a time without input.',
    computer: 'Locked together with the computer.',
    password: 'Password of {name}',
    unlock: 'Unlock',
    signOut: 'Sign out',
    signOutHint: 'Somebody else? Signing out closes what is open here.',
    signOutConfirm: 'Sign out {name}?',
    signOutText: 'What was typed and not yet saved is lost. Requests stay in the queue with their holder.',
  },
}
