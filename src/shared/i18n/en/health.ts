/**
 * The health line: what is the matter, and what can be done now. `<part>.<code>` where a part has words of its own, else
 * `any.<code>`.
 */
export const health = {
  title: 'Health of the desk',
  open: 'Show what is the matter, and check now',
  check: 'Check now',
  since: 'since {at}',
  checked: 'checked {at}',
  part: {
    directory: 'Directory',
    mailbox: 'Mailbox',
    sms: 'SMS',
    voice: 'Calls',
    'mail-out': 'Sending mail',
    store: 'Storage',
    clock: 'Clock',
  },
  state: {
    ok: 'working',
    warning: 'needs attention',
    down: 'not working',
    off: 'not set up',
    unknown: 'not known yet',
  },
  direction: { ahead: 'ahead of', behind: 'behind' },
  directory: {
    ok: { title: 'The directory answers.' },
    unknown: { title: 'The directory is asked once somebody is signed in.' },
    unreachable: {
      title: 'No directory server answers.',
      next: 'Check the network or the VPN. Searches, checks and resets wait until it answers; what is in the queue stays.',
    },
    certificate: {
      title: 'The directory server’s certificate is not trusted.',
      next: 'Do not go on by another way. An administrator compares the certificate with the CA in the settings.',
    },
    'tls-refused': {
      title: 'The directory server offers no protected connection.',
      next: 'Nothing is sent unprotected. An administrator turns on LDAPS or StartTLS there.',
    },
    refused: {
      title: 'The directory refuses requests.',
      next: 'Lock the desk and unlock it again to sign in anew. If it stays so, an administrator looks at the server.',
    },
    timeout: {
      title: 'The directory answers too slowly.',
      next: 'Wait a moment and check now. A write without an answer shows as unknown: check its result before you repeat it.',
    },
    'other-server': {
      title: 'Another server than {preferred} answers.',
      next: 'Work goes on. A new password may take a few minutes to reach every server.',
    },
    connecting: { title: 'Connecting to the directory.' },
    failing: {
      title: 'The directory could not be asked.',
      next: 'Check now. If it stays so, an administrator finds the cause in the log.',
    },
  },
  mailbox: {
    ok: { title: 'New mails arrive in the queue.' },
    off: {
      title: 'No mailbox is set up.',
      next: 'Requests are entered by hand. An administrator sets a mailbox up under Settings.',
    },
    unknown: { title: 'The mailbox has not been asked yet.' },
    connecting: { title: 'Connecting to the mailbox.', next: 'Mails stay in the mailbox meanwhile.' },
    unreachable: {
      title: 'The mail server does not answer.',
      next: 'Mails stay in the mailbox and come in once it answers. Enter urgent requests by hand.',
    },
    certificate: {
      title: 'The mail server’s certificate is not trusted.',
      next: 'No password was sent. An administrator compares the certificate with the CA in the settings.',
    },
    'tls-refused': {
      title: 'The mail server offers no protected connection.',
      next: 'No password was sent. An administrator turns on TLS or STARTTLS there.',
    },
    refused: {
      title: 'The mail server refuses the sign-in.',
      next: 'Mails stay in the mailbox. An administrator enters user name and password anew under Settings.',
    },
    timeout: {
      title: 'The mail server answers too slowly.',
      next: 'It is tried again by itself. Mails stay in the mailbox.',
    },
    'secret-missing': {
      title: 'The password of the mailbox is missing.',
      next: 'An administrator enters it under Settings. Mails stay in the mailbox.',
    },
    'folder-missing': {
      title: 'The mailbox has no such folder.',
      next: 'An administrator corrects the name of the folder under Settings.',
    },
    'desk-closed': {
      title: 'No mails are taken in while the desk is closed.',
      next: 'They stay in the mailbox until the audit store is mended.',
    },
    failing: {
      title: 'Mails cannot be taken in.',
      next: 'They stay in the mailbox. An administrator finds the cause in the log.',
    },
  },
  voice: {
    ok: { title: 'The gateway takes calls.' },
    off: {
      title: 'No gateway for calls is set up.',
      next: 'Agents can call registered numbers back themselves. An administrator sets a gateway up under Settings.',
    },
    unknown: { title: 'No call has been made yet.' },
    unreachable: {
      title: 'The gateway for calls does not answer.',
      next: 'Send the code by SMS, or call back yourself. Tell an administrator if it stays so.',
    },
    certificate: {
      title: 'The certificate of the gateway for calls is not trusted.',
      next: 'Nobody was called. An administrator compares the certificate with the CA in the settings.',
    },
    refused: {
      title: 'The gateway refuses calls.',
      next: 'Use another method. An administrator checks the account, its credit, and the number that calls show.',
    },
    timeout: {
      title: 'The gateway for calls did not answer in time.',
      next: 'A call may be on its way: ask the caller whether it rang. Otherwise use another method.',
    },
    'secret-missing': {
      title: 'A key or password of the gateway for calls is missing.',
      next: 'An administrator enters it under Settings. Use another method meanwhile.',
    },
    failing: {
      title: 'Calls cannot be made.',
      next: 'Use another method. An administrator finds the cause in the log.',
    },
  },
  'mail-out': {
    ok: { title: 'The mail server takes mails.' },
    off: {
      title: 'No mail server is set up.',
      next: 'Codes are not sent by mail. An administrator sets a mail server up under Settings.',
    },
    unknown: { title: 'No mail has been sent yet.' },
    unreachable: {
      title: 'The mail server for codes does not answer.',
      next: 'Use another method. Tell an administrator if it stays so.',
    },
    certificate: {
      title: 'The certificate of the mail server for codes is not trusted.',
      next: 'Nothing was sent. An administrator compares the certificate with the CA in the settings.',
    },
    'tls-refused': {
      title: 'The mail server for codes offers no protected connection.',
      next: 'Nothing was sent. An administrator turns on TLS or StartTLS there.',
    },
    refused: {
      title: 'The mail server for codes refuses mails.',
      next: 'Use another method. An administrator checks user name, password and sender address.',
    },
    timeout: {
      title: 'The mail server for codes did not answer in time.',
      next: 'A mail may have been sent: ask the caller whether it arrived. Otherwise use another method.',
    },
    'secret-missing': {
      title: 'The password of the mail server for codes is missing.',
      next: 'An administrator enters it under Settings. Use another method meanwhile.',
    },
    failing: {
      title: 'Mails cannot be sent.',
      next: 'Use another method. An administrator finds the cause in the log.',
    },
  },
  sms: {
    ok: { title: 'The gateway takes messages.' },
    off: {
      title: 'No SMS gateway is set up.',
      next: 'Codes are not sent by SMS: use another method. An administrator sets a gateway up under Settings.',
    },
    unknown: { title: 'No message has been sent yet.' },
    unreachable: {
      title: 'The SMS gateway does not answer.',
      next: 'Check callers by another method, or call them back. Tell an administrator if it stays so.',
    },
    certificate: {
      title: 'The SMS gateway’s certificate is not trusted.',
      next: 'Nothing was sent. An administrator compares the certificate with the CA in the settings.',
    },
    'tls-refused': {
      title: 'The SMS gateway offers no protected connection.',
      next: 'Nothing was sent. An administrator checks the address under Settings.',
    },
    refused: {
      title: 'The SMS gateway refuses messages.',
      next: 'Use another method. An administrator checks the account and its credit with the provider.',
    },
    timeout: {
      title: 'The SMS gateway did not answer in time.',
      next: 'A message may have been sent: ask the caller whether it arrived. Otherwise use another method.',
    },
    'secret-missing': {
      title: 'A key or password of the SMS gateway is missing.',
      next: 'An administrator enters it under Settings. Use another method meanwhile.',
    },
    failing: {
      title: 'Messages cannot be sent.',
      next: 'Use another method. An administrator finds the cause in the log.',
    },
  },
  store: {
    ok: { title: 'Requests and audit are stored.' },
    unknown: { title: 'The storage has not been asked yet.' },
    unreachable: {
      title: 'The shared database does not answer.',
      next: 'Nothing can be entered now. Write requests down and check now; an administrator looks at the database.',
    },
    certificate: {
      title: 'The database server’s certificate is not trusted.',
      next: 'An administrator compares the certificate with the CA in the configuration.',
    },
    refused: {
      title: 'The database refuses access.',
      next: 'An administrator checks the account of the desk in the database.',
    },
    timeout: { title: 'The database answers too slowly.', next: 'Wait a moment and check now.' },
    'disk-low': {
      title: 'The disk is nearly full: {freeMegabytes} MB are left.',
      next: 'Free some space soon. On a full disk the desk takes no action, as nothing could be recorded.',
    },
    'desk-closed': {
      title: 'The audit store cannot be written: the desk takes no action.',
      next: 'Tell an administrator at once. What was written stays written.',
    },
    failing: {
      title: 'The storage reports errors.',
      next: 'Tell an administrator. Nothing is lost that was confirmed on screen.',
    },
  },
  clock: {
    ok: { title: 'The clock agrees with the directory’s.' },
    unknown: {
      title: 'The clock is compared once the directory answers.',
      next: 'Not every directory tells its time; then this stays so.',
    },
    'clock-off': {
      title: 'This computer’s clock is {seconds} s {direction} the directory’s.',
      next: 'Codes of authenticator apps may not match. Turn on automatic time on this computer, or tell an administrator.',
    },
  },
  any: {
    'identity-refused': {
      title: 'New mails arrive, but the intake’s own account was refused by the directory.',
      next: 'Mails are matched while somebody is signed in. An administrator enters the account’s password anew under Settings.',
    },
    ok: { title: 'It works.' },
    off: { title: 'It is not set up.', next: 'An administrator sets it up under Settings.' },
    unknown: { title: 'It has not been asked yet.' },
    unreachable: { title: 'The server does not answer.', next: 'Check the network, then check now.' },
    certificate: {
      title: 'The server’s certificate is not trusted.',
      next: 'An administrator compares it with the CA in the settings.',
    },
    'tls-refused': {
      title: 'The server offers no protected connection.',
      next: 'An administrator turns on TLS there.',
    },
    refused: { title: 'The server refuses requests.', next: 'An administrator checks the settings.' },
    timeout: { title: 'The server answers too slowly.', next: 'Wait a moment and check now.' },
    'other-server': { title: 'Another server answers.', next: 'Work goes on.' },
    connecting: { title: 'Connecting.' },
    'secret-missing': { title: 'A password or key is missing.', next: 'An administrator enters it under Settings.' },
    'folder-missing': { title: 'The folder does not exist.', next: 'An administrator corrects it under Settings.' },
    'desk-closed': {
      title: 'The desk takes no action until the audit store is mended.',
      next: 'Tell an administrator at once.',
    },
    failing: { title: 'It does not work.', next: 'An administrator finds the cause in the log.' },
    'disk-low': { title: 'The disk is nearly full.', next: 'Free some space soon.' },
    'clock-off': { title: 'The clock is off.', next: 'Turn on automatic time on this computer.' },
  },
}
