/** The frame around every screen: rail, status line, banners, list of shortcuts. */
export const shell = {
  nav: {
    label: 'Main navigation',
    queue: 'Queue',
    call: 'Call mode',
    people: 'People',
    audit: 'Audit',
    settings: 'Settings',
  },
  operator: {
    menu: 'Signed in as {name}',
    lock: 'Lock',
    signOut: 'Sign out',
  },
  status: {
    label: 'Status',
    connected: 'Connected to {server}',
    sample: 'Sample organisation',
    sampleText: 'Nothing here is real: every person and every reset is an example.',
    keyFile: 'Key file in use',
    keyFileText: 'The installation key lies in a plain file. Whoever can read the file can open what this desk stores.',
  },
  shortcuts: {
    title: 'Keyboard shortcuts',
    open: 'Keyboard shortcuts',
    onlyHere: 'The keys of the screen that is open.',
    everywhere: 'Everywhere',
    help: 'Show this list',
    palette: 'Commands, people and requests',
    call: 'Call mode',
    single: 'Single-key shortcuts are on',
    singleHint: 'Turn them off if speech input or a stray key sets them off. Holds until the app closes.',
  },
  palette: 'Commands',
  language: 'Language',
}
