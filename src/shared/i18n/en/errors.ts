/** Every refusal: the fact, which must read well without parameters (the audit shows it alone), and the next step. */
export const errors = {
  'invalid-input': {
    title: 'This input cannot be used',
    next: 'Check what is typed in the marked field and try again.',
  },
  internal: {
    title: 'Something unexpected went wrong',
    next: 'Nothing is known to have changed. Try again; if it happens again, tell an administrator the time: the log has the details.',
  },
  'not-available': {
    title: 'This is not available here',
    next: 'It does not exist in this version or for this directory.',
  },
  'reason-required': { title: 'A reason is needed', next: 'Type why, so that the history and the audit can tell.' },
  'file-unreadable': {
    title: 'The file cannot be read',
    next: '{file}: choose a text file of at most 1 MB that you may read.',
  },
  'file-not-written': {
    title: 'The file could not be written',
    next: '{file} ({reason}): choose another folder, or make room there.',
  },
  'config-missing': { title: 'There is no configuration file', next: 'An administrator puts one at {file}.' },
  'config-unreadable': {
    title: 'The configuration file cannot be read',
    next: '{file}: {because}. Correct that, then check again.',
  },
  'config-invalid': {
    title: 'The configuration file has a mistake',
    next: '{file}, line {line}, field “{field}”: {because}. Correct it, then check again. The file was not changed.',
  },
  'config-untrusted-source': {
    title: 'This setting is not accepted from a user’s own file',
    next: '{file}, line {line}, field “{field}” belongs into the machine-wide file, which an administrator keeps.',
  },
  'environment-unsafe': {
    title: 'The environment of this computer would reveal secrets',
    next: 'Remove the environment variable {name} and start again.',
  },
  'vault-locked': { title: 'The installation key is locked', next: 'Enter the passphrase first.' },
  'vault-not-set-up': { title: 'There is no installation key yet', next: 'Set it up first.' },
  'vault-already-set-up': {
    title: 'There is an installation key already',
    next: 'Nothing was changed. Start the app again to use it.',
  },
  'vault-passphrase-wrong': {
    title: 'The passphrase is not right',
    next: 'Check Caps Lock and the keyboard language, then try again, or use the recovery key.',
  },
  'vault-passphrase-weak': {
    title: 'The passphrase is too easy to guess',
    next: 'Use {minimum} characters or more, such as four words that do not belong together.',
  },
  'vault-recovery-key-wrong': {
    title: 'The recovery key does not fit this desk',
    next: '{because} Compare it with the paper letter by letter.',
  },
  'vault-key-file-wrong': {
    title: 'The key file cannot be used',
    next: '{file}: {because} An administrator corrects that, or the recovery key opens the desk.',
  },
  'vault-damaged': {
    title: 'The stored installation key is damaged',
    next: 'Restore the data folder from a backup.',
  },
  'store-unavailable': {
    title: 'The data store of this desk cannot be used',
    next: '{file}: {because}. Stored data stays as it is.',
  },
  'store-tampered': {
    title: 'Stored data was changed from outside',
    next: 'It is not used. Tell an administrator before going on.',
  },
  'not-signed-in': { title: 'Nobody is signed in', next: 'Sign in first.' },
  'session-locked': { title: 'The session is locked', next: 'Unlock it with the password first.' },
  'role-required': {
    title: 'This needs another role',
    next: 'An administrator adds you to the group of the role in the directory.',
  },
  'no-role': {
    title: 'This account has no role at the desk',
    next: 'The password is right, but the account is in none of the desk’s groups. An administrator adds it in the directory.',
  },
  'password-empty': { title: 'The password is empty', next: 'Type the password.' },
  'sign-in-wrong': {
    title: 'The user ID or the password is not right',
    next: 'Check both, Caps Lock and the keyboard language. Every wrong try counts towards a lock in the directory.',
  },
  'sign-in-locked': {
    title: 'This account is locked out',
    next: 'It unlocks after the directory’s waiting time, or a colleague unlocks it.',
  },
  'sign-in-expired': {
    title: 'The password of this account has expired',
    next: 'Change it at the computer’s own sign-in screen, then sign in here.',
  },
  'sign-in-must-change': {
    title: 'The password must be changed first',
    next: 'Change it at the computer’s own sign-in screen, then sign in here.',
  },
  'sign-in-disabled': { title: 'This account is disabled', next: 'An administrator of the directory enables it.' },
  'sign-in-account-expired': {
    title: 'This account has expired',
    next: 'An administrator of the directory extends it.',
  },
  'sign-in-hours': {
    title: 'This account may not sign in at this hour',
    next: 'Sign in within the permitted hours, or ask an administrator of the directory.',
  },
  'sign-in-workstation': {
    title: 'This account may not sign in at this computer',
    next: 'Use a permitted computer, or ask an administrator of the directory.',
  },
  'sign-in-other-person': {
    title: 'The session belongs to somebody else',
    next: 'Sign out first; then another person may sign in.',
  },
  'directory-unreachable': {
    title: 'The directory does not answer',
    next: '{server}: check the network or the VPN, then try again.',
  },
  'directory-timeout': { title: 'The directory did not answer in time', next: 'Try again in a moment.' },
  'directory-certificate': {
    title: 'The directory’s certificate is not trusted',
    next: '{because} Nothing was sent to {server}. An administrator compares its certificate with the CA in the configuration.',
  },
  'directory-tls-required': {
    title: 'The directory offers no protected connection',
    next: 'Nothing was sent. An administrator turns on LDAPS or StartTLS on the server.',
  },
  'directory-refused-rights': {
    title: 'The directory does not let this account do that',
    next: 'The right is missing in the directory. An administrator grants it, or a colleague who has it takes over.',
  },
  'directory-refused-policy': {
    title: 'The directory’s password policy refused this',
    next: '{because} Nothing was changed. Try again for another password; if it is refused again, an administrator checks the policy.',
  },
  'directory-refused': {
    title: 'The directory refused this',
    next: 'Nothing was changed. An administrator finds the server’s answer in the log.',
  },
  'directory-kind-unknown': {
    title: 'This kind of directory is not known',
    next: 'The server answered, but is neither Active Directory nor OpenLDAP. An administrator checks the configuration.',
  },
  'directory-no-server': {
    title: 'No directory server was found',
    next: 'An administrator checks the server names or the domain in the configuration.',
  },
  'protected-group-unreadable': {
    title: 'A protected group cannot be read',
    next: '{group}: whether this person is in it is unknown, so nothing is done here. An administrator corrects the group’s name in the configuration, or lets agents read it.',
  },
  'person-not-found': {
    title: 'This person is not in the directory any more',
    next: 'Search again: the account may have been moved or deleted.',
  },
  'search-too-short': { title: 'More letters are needed', next: 'Type at least two letters, or one kanji or kana.' },
  'request-not-found': { title: 'This request does not exist', next: 'Go back to the queue and choose it again.' },
  'request-exists': { title: 'This person has an open request already', next: 'Go on with request {number}.' },
  'request-step-forbidden': {
    title: 'This step is not possible in the request’s present state',
    next: 'Look at the request again: somebody may have moved it on.',
  },
  'request-held-by-other': {
    title: 'Somebody else holds this request',
    next: '{name} holds it. Ask them to hand it over.',
  },
  'request-not-claimed': { title: 'This request has no holder yet', next: 'Claim it first.' },
  'request-changed': {
    title: 'The request was changed by somebody else',
    next: 'Its present state is shown now. Check it, then decide again.',
  },
  'operator-not-found': {
    title: 'This colleague cannot take the request',
    next: 'They are no longer in the agents’ group. Choose somebody else.',
  },
  'checks-closed': {
    title: 'Checks of this person are closed',
    next: 'Too many failed. They open again by themselves, or an approver reopens them.',
  },
  'method-not-found': { title: 'This method is not registered any more', next: 'Choose another one.' },
  'method-not-usable': { title: 'This method cannot be used for this request', next: '{because} Choose another one.' },
  'attestation-not-allowed': {
    title: 'This way of checking is not permitted here',
    next: 'Choose a way that the panel offers.',
  },
  'attestation-not-found': { title: 'This identity check does not exist any more', next: 'Record it again.' },
  'approval-needed': { title: 'An approver has to agree first', next: 'Ask an approver to come to this desk.' },
  'approver-is-agent': { title: 'One person cannot both check and approve', next: 'Another approver decides.' },
  'approver-is-target': { title: 'Nobody approves for themselves', next: 'Another approver decides.' },
  'approver-without-role': {
    title: 'This account is not an approver',
    next: 'Somebody from the approvers’ group decides.',
  },
  'dial-not-possible': {
    title: 'No program on this machine makes calls',
    next: 'Set one up for {scheme}: links, or send a code instead.',
  },
  'draw-over': {
    title: 'These questions are no longer open',
    next: 'They were answered or have run out. Draw new ones.',
  },
  'answers-incomplete': { title: 'Not every question was answered', next: 'Type an answer to each question.' },
  'threat-changed': {
    title: 'Somebody else has just changed this',
    next: 'Look at how it stands now, then decide again.',
  },
  'approval-over': {
    title: 'This no longer waits for an approver',
    next: 'It was decided, has run out, or its request changed hands.',
  },
  'key-not-available': {
    title: 'Security keys cannot be used at this machine',
    next: 'Use another method. Health in the status line says why.',
  },
  'key-cancelled': { title: 'The security key was not used', next: 'Start again when its owner is ready.' },
  'key-timeout': {
    title: 'The security key was not touched in time',
    next: 'Start again, and touch the key when it blinks.',
  },
  'key-pin-blocked': {
    title: 'The security key has locked its PIN',
    next: 'Take it out and plug it in again. If that does not help, it must be reset, and registered anew.',
  },
  'key-pin-not-set': {
    title: 'The security key has no PIN yet',
    next: 'Its owner sets one with the system’s or the maker’s own program first.',
  },
  'key-already-registered': {
    title: 'This security key is registered already',
    next: 'Use another key, or remove the registered one first.',
  },
  'key-unknown': { title: 'This security key is not the registered one', next: 'Plug in the one that was registered.' },
  'key-refused': {
    title: 'The answer of the security key does not hold',
    next: 'It counts as a failed check. If it happens again, the key may have been copied: remove it and report the case.',
  },
  'key-failed': {
    title: 'The security key did not work',
    next: 'Plug it in again and start anew, or use another method.',
  },
  'address-invalid': {
    title: 'This is not a mail address',
    next: "Type it anew, such as name{'@'}example.com.",
  },
  'address-taken': {
    title: 'This address is registered already',
    next: 'Use another one, or confirm the registered one again.',
  },
  'extension-invalid': {
    title: 'This extension cannot be dialled',
    next: 'Type digits only; office numbers alone have one.',
  },
  'offer-gone': { title: 'The directory no longer holds this', next: 'Read it from the person and type it.' },
  'method-limit': {
    title: 'This person has registered as many as there may be',
    next: 'At most {limit} of a kind. Remove one first.',
  },
  'questions-too-few': { title: 'Too few questions are answered', next: 'Choose and answer {required} questions.' },
  'question-repeated': { title: 'A question was chosen twice', next: 'Choose a different one in its place.' },
  'question-unknown': { title: 'This question is not offered', next: 'Choose one from the list.' },
  'answer-length': { title: 'An answer is too short or too long', next: 'Use {min} to {max} characters.' },
  'answer-repeated': { title: 'Two answers are the same', next: 'Give each question an answer of its own.' },
  'answer-easy': {
    title: 'An answer repeats the question or the user ID',
    next: 'Choose an answer that only this person knows.',
  },
  'questions-invalid': { title: 'These questions cannot be saved', next: '{because} Correct them, then save again.' },
  'voice-not-set-up': {
    title: 'No gateway for calls is set up',
    next: 'An administrator sets one up under Settings. Use another method meanwhile.',
  },
  'voice-refused': {
    title: 'The gateway did not make the call',
    next: 'It answered {status}. Nobody was called. Use another method, and tell an administrator.',
  },
  'voice-unreachable': {
    title: 'The gateway for calls cannot be reached',
    next: '{host} does not answer. Nobody was called. Use another method, and tell an administrator.',
  },
  'voice-certificate': {
    title: 'The gateway for calls cannot be trusted',
    next: 'The certificate of {host} does not fit. Nobody was called. Tell an administrator.',
  },
  'voice-unknown': {
    title: 'It is not known whether the call was made',
    next: 'The gateway did not answer in time. Ask the person before sending another code.',
  },
  'mail-not-set-up': {
    title: 'No mail server is set up',
    next: 'An administrator sets one up under Settings. Use another method meanwhile.',
  },
  'mail-refused': {
    title: 'The mail server did not take the mail',
    next: 'It answered {status}. Nothing was sent. Use another method, and tell an administrator.',
  },
  'mail-recipient-refused': {
    title: 'The mail server refused this address',
    next: 'Nothing was sent. Check the address with the person, or use another method.',
  },
  'mail-unreachable': {
    title: 'The mail server cannot be reached',
    next: '{host} does not answer. Nothing was sent. Use another method, and tell an administrator.',
  },
  'mail-certificate': {
    title: 'The mail server cannot be trusted',
    next: 'The certificate of {host} does not fit. Nothing was sent. Tell an administrator.',
  },
  'mail-tls-refused': {
    title: 'The mail server offers no secure connection',
    next: '{host} did not agree to TLS. Nothing was sent. Tell an administrator.',
  },
  'mail-unknown': {
    title: 'It is not known whether the mail was sent',
    next: 'The mail server did not answer in time. Ask the person before sending another code.',
  },
  'person-erased': {
    title: 'This person was erased from the desk',
    next: 'Nothing can be registered under this ID any more. Tell an administrator if that was a mistake.',
  },
  'reveal-not-possible': {
    title: 'This cannot be shown',
    next: 'Only numbers and addresses can be shown; seeds, keys and answers to nobody.',
  },
  'import-not-found': { title: 'This import is over', next: 'Choose the file again.' },
  'import-file-invalid': {
    title: 'The file cannot be imported',
    next: '{because} Save it as CSV with the columns of the template, then choose it again.',
  },
  'import-running': { title: 'An import is running', next: 'Wait until it is done.' },
  'enrolment-not-found': { title: 'This registration is over', next: 'Start it again.' },
  'enrolment-code-wrong': {
    title: 'The code does not match',
    next: 'Wait for the next code in the app and type that one. Tries left: {remaining}. The clock of the device must be set automatically.',
  },
  'already-registered': { title: 'This method is registered already', next: 'It can be used as it is.' },
  'caller-not-verified': { title: 'The caller is not verified', next: 'Complete the checks first.' },
  'proof-expired': { title: 'The checks are too old', next: 'Check the caller again.' },
  'proof-spent': { title: 'The checks were used already', next: 'Check the caller again for another action.' },
  'self-action': { title: 'Nobody acts on their own account', next: 'A colleague takes this request.' },
  'privileged-by-phone': {
    title: 'Privileged accounts are not handled by phone',
    next: 'The person has to come to the desk.',
  },
  'privileged-needs-strong': {
    title: 'A privileged account needs two strong methods',
    next: 'An administrator handles this outside the desk.',
  },
  'heightened-by-phone': {
    title: 'Under heightened threat nobody is checked by phone',
    next: 'The person has to come to the desk.',
  },
  'action-blocked': {
    title: 'This would not let the person sign in',
    next: '{because} An administrator of the directory has to change that first.',
  },
  'outcome-unknown-open': {
    title: 'The result of the last write is still unknown',
    next: 'Check the result first; then decide again.',
  },
  'audit-unavailable': {
    title: 'The audit store cannot be written',
    next: 'Nothing was done. Check that the disk has room; until then the desk takes no action.',
  },
  'audit-copy-failed': {
    title: 'The copy could not be saved',
    next: 'Choose another folder, or check that there is room and that you may write there.',
  },
  'view-not-found': {
    title: 'This view is not there any more',
    next: 'Choose another one; somebody removed it meanwhile.',
  },
  'mail-not-found': {
    title: 'This mail is not there any more',
    next: 'Go back to the list of mails.',
  },
  'mail-settled': {
    title: 'Somebody else has sorted this mail already',
    next: 'Nothing was changed. The list shows what became of it.',
  },
  'template-invalid': {
    title: 'This template cannot be used',
    next: '{name}: {because} Correct it, then save again.',
  },
  'code-too-soon': {
    title: 'Another code can be sent a little later',
    next: 'Wait until {at}. The code that was sent is still checked meanwhile.',
  },
  'trial-too-soon': {
    title: 'A test message was sent just now',
    next: 'Wait about ten seconds, then send another one.',
  },
  'code-too-many': {
    title: 'Too many codes were sent to this number',
    next: 'The next one can be sent at {at}. Use another method of this person meanwhile.',
  },
  'code-over': {
    title: 'This code no longer counts',
    next: 'Send another code; the person reads out the newest one.',
  },
  'number-invalid': {
    title: 'This is not a telephone number',
    next: 'Type the number as the person says it, with the area code, or with + and the country code.',
  },
  'number-not-mobile': {
    title: 'No text message reaches this number',
    next: 'It is not a mobile number. Ask for a mobile number.',
  },
  'number-taken': {
    title: 'This number is registered for this person already',
    next: 'Use the one that is registered, or remove it first.',
  },
  'sms-not-set-up': {
    title: 'No SMS gateway is set up',
    next: 'An administrator sets one up under Settings. Use another method meanwhile.',
  },
  'sms-refused': {
    title: 'The SMS gateway did not take the message',
    next: 'It answered {status}. Nothing was sent. Use another method, and tell an administrator.',
  },
  'sms-unreachable': {
    title: 'The SMS gateway does not answer',
    next: 'Nothing was sent to {host}. Use another method, and tell an administrator if it stays so.',
  },
  'sms-certificate': {
    title: 'The SMS gateway’s certificate is not trusted',
    next: 'Nothing was sent to {host}. An administrator compares its certificate with the CA in the settings.',
  },
  'sms-unknown': {
    title: 'It is not known whether the message was sent',
    next: 'The gateway did not answer in time. Ask the person whether it arrived; otherwise send another code.',
  },
  'mailbox-unreachable': {
    title: 'The mail server does not answer',
    next: '{host}: check the name, the port and the network. Mails stay in the mailbox until it answers again.',
  },
  'mailbox-certificate': {
    title: 'The mail server’s certificate is not trusted',
    next: 'Nothing was sent to {host}. An administrator compares its certificate with the CA in the settings.',
  },
  'mailbox-tls-refused': {
    title: 'The mail server offers no protected connection',
    next: 'Nothing was sent to {host}. An administrator turns on TLS or STARTTLS there.',
  },
  'mailbox-refused': {
    title: 'The mail server refused user name or password',
    next: 'An administrator corrects them under Settings. Mails stay in the mailbox.',
  },
  'mailbox-folder-missing': {
    title: 'The mailbox has no such folder',
    next: '{folder}: an administrator corrects the name under Settings.',
  },
  'secret-missing': {
    title: 'A password or key is missing',
    next: '{name}: an administrator enters it under Settings.',
  },
  'config-not-written': {
    title: 'The settings could not be written',
    next: '{file}: {because} Nothing was changed.',
  },
  'config-changed': {
    title: 'The configuration file was changed by somebody else',
    next: 'Your changes were not saved. Open the settings again and repeat them.',
  },
  'setting-invalid': {
    title: 'A setting is not valid',
    next: '“{field}”: {because}. Correct it and try again. Nothing was written.',
  },
  'authority-invalid': {
    title: 'The file holds no certificate authority',
    next: '{file}: {because} Choose the certificate of the authority (CA) that signed the server’s certificate, in PEM form.',
  },
  'settings-lock-out': {
    title: 'Nobody could change the settings any more',
    next: 'By these settings you are not an administrator. Name a group under Administrators that you are a member of; for another directory, sign in to it first.',
  },
  'desk-closed': {
    title: 'The desk takes no action until the audit store is mended',
    next: 'Tell an administrator at once. What was written stays written.',
  },
}
