/** First start: configuration and installation key. */
export const setup = {
  config: {
    title: 'This desk is not set up yet',
    lead: 'SSPR Desk reads one configuration file that an administrator writes: the directory, the groups of each role, and the policy.',
    path: 'The file belongs here',
    check: 'Check again',
    notThere: 'There is still no file there.',
    or: 'Or look around first',
    sample: 'Try the sample organisation',
    sampleText: 'A built-in directory with invented people. Nothing leaves this computer.',
  },
  broken: {
    title: 'The configuration cannot be used',
    check: 'Check again',
    stillBroken: 'Checked at {time}: the problem is still there.',
    file: 'File',
    field: 'Field',
    line: 'Line',
    sample: 'Use the sample organisation instead',
  },
  vault: {
    title: 'Make the installation key',
    lead: 'It encrypts what this desk keeps, such as the keys of authenticator apps, and seals the audit.',
    'safe-storage': 'The operating system keeps the key for this user. There is nothing to remember.',
    passphrase:
      'This computer has no key store that could keep it, so a passphrase protects the key. It is asked at every start.',
    'key-file':
      'The key is kept in a plain file on this computer. Whoever can read the file can open what this desk stores.',
    passphraseLabel: 'Passphrase',
    passphraseHint: 'Four or more words that do not belong together make a good one.',
    passphraseAgain: 'The passphrase again',
    mismatch: 'The two do not match. Type the second one again.',
    missing: 'Type a passphrase.',
    create: 'Make the key',
    creating: 'Making the key',
  },
  recovery: {
    title: 'Write down the recovery key',
    lead: 'It is shown this once. Without it, a lost computer or user profile means that stored registrations cannot be opened again.',
    label: 'Recovery key',
    advice:
      'Print it or write it on paper and lock it away, such as in the safe of the department. Do not photograph it and do not save it in a file.',
    print: 'Print',
    confirmLabel: 'Last group of the recovery key',
    confirmHint: 'Type the last {count} characters from the paper.',
    wrong: 'These are not the last {count} characters. Compare them with the paper.',
    confirm: 'It is written down',
    printedTitle: 'SSPR Desk: recovery key',
    printedText:
      'Organisation: {organisation}. Keep it locked away. Whoever has it and the data folder can open what the desk stores.',
  },
  unlock: {
    title: 'Open the installation key',
    lead: 'The passphrase protects what this desk stores.',
    passphrase: 'Passphrase',
    submit: 'Open',
    useRecovery: 'Use the recovery key',
    usePassphrase: 'Use the passphrase',
    recoveryTitle: 'Open with the recovery key',
    recoveryLead:
      'This computer or this user does not hold the key yet. The recovery key was shown when the desk was set up.',
    recoveryLeadForgotten:
      'The recovery key was shown when the desk was set up. It takes the place of a forgotten passphrase.',
    recoveryKey: 'Recovery key',
    recoveryKeyHint: '14 groups of 4 characters. Small letters and spaces do no harm.',
    recoveryMissing: 'Type the recovery key.',
    newPassphrase: 'New passphrase',
    recover: 'Open and keep the key',
  },
}
