import { readFileSync } from 'node:fs'
import type { TestMailbox } from './dovecot'
import { codeOf, ok, personIdOf, seedPassword, signIn, switchTo } from './desk'
import type { TestDesk } from './desk'
import { formMail, rawMail } from './raw-mails'

/** What an admin types that nobody may see again. */
export const typedSecrets = {
  'wrong directory password': 'Canary-Trial-Sign-In-5',
  'gateway key for a trial': 'Canary-Gateway-Trial-6',
  'gateway key': 'Canary-Gateway-Key-7',
  'password of the intake': 'Canary-Intake-Identity-8',
} as const

/** As the admin says it for a test message. */
export const trialNumber = '080-8765-4321'

/** What people write into mails; an agent sees it, nobody else and no file does. */
export const mailSecrets = ['my old password was Tulip-77-Garten', 'https://evil.example/reset?token=abc123'] as const
export const pastedSecret = 'Canary-In-A-Pasted-Mail-9'

/**
 * Every call of the settings and the set-up, as the admin at the desk: try-outs of directory, mailbox and gateway, what fails in them, and a
 * save that connects the mailbox. Ends with suzuki.ken signed in.
 */
export async function settingsStory(desk: TestDesk, mailbox: TestMailbox): Promise<void> {
  const { api, desktop } = desk
  await switchTo(desk, 'tanaka.hiroshi')
  const { settings } = await ok(api.settings.edit())
  const { directory, sms } = settings
  if (sms === null) throw new Error('the story needs a gateway')

  await ok(api.connections.probe({ address: 'ldaps://127.0.0.1:9', ca: mailbox.ca }))
  desktop.openFrom = { name: mailbox.caFile, text: readFileSync(mailbox.caFile, 'utf8') }
  await ok(api.connections.chooseAuthority())
  desktop.openFrom = { name: '/home/somebody/key.pem', text: `-----BEGIN PRIVATE KEY-----\n${seedPassword}\n` }
  await codeOf(api.connections.chooseAuthority())
  for (const password of [typedSecrets['wrong directory password'], seedPassword])
    await codeOf(api.connections.signIn({ directory, credentials: { userId: 'tanaka.hiroshi', password } }))
  await ok(api.connections.groups({ query: 'help' }))
  await ok(api.connections.bases({ query: '' }))

  const { host, port, userName, folder, ca, password } = mailbox
  const mails = { host, port, security: 'starttls', userName, folder, ca, startDays: 365, identity: null } as const
  for (const typed of [null, `${password}!`, password])
    await ok(api.connections.mailbox({ mailbox: mails, password: typed }))
  for (const number of ['nobody', trialNumber]) {
    const secrets = { 'sms.token': typedSecrets['gateway key for a trial'] }
    await ok(api.connections.sms({ sms, secrets, number }))
  }

  const language = 'ja'
  if (settings.voice !== null) {
    await codeOf(api.connections.voice({ voice: settings.voice, secrets: {}, number: trialNumber, language }))
  }
  const sender = { host: '127.0.0.1', port: 9, security: 'starttls', userName: null, fromName: null, ca: null } as const
  const mailOut = { ...sender, from: 'desk@sakura.example' }
  await codeOf(api.connections.mailOut({ mailOut, password: null, address: 'x@example.net', language }))
  await ok(api.connections.trialState({ channel: 'sms' }))

  const secrets = {
    'mailbox.password': password,
    'sms.spare': typedSecrets['gateway key'],
    'intake.password': typedSecrets['password of the intake'],
  }
  const wrong = { ...settings, mailbox: { ...mails, port: 0 } }
  await codeOf(api.settings.save({ settings: wrong, secrets }))
  await ok(api.settings.save({ settings: { ...settings, mailbox: mails }, secrets }))
  await codeOf(api.setup.finish({ settings, secrets }))
  await codeOf(api.setup.chooseFile())
  await signIn(desk, 'suzuki.ken')
  await ok(api.health.check())
}

/** Mails come: one is a request at once, one repeats it, two wait for a person. Begins and ends with suzuki.ken signed in. */
export async function intakeStory(desk: TestDesk, mailbox: TestMailbox): Promise<void> {
  const { api } = desk
  const said = mailSecrets.join('\r\n')
  mailbox.drop([
    formMail('fujii.sota', said),
    formMail('fujii.sota', `${said}\r\nagain`),
    formMail('nobody.here', said),
    rawMail({ subject: 'Lunch?', body: said }),
  ])
  const listed = async (): Promise<readonly { id: string; state: string }[]> =>
    (await ok(api.intake.list({ filter: { show: 'all' } }))).mails
  for (let left = 3000; left > 0 && (await listed()).length < 4; left--)
    await new Promise((wake) => setTimeout(wake, 20))
  const [lunch, nobody, , first] = await listed()
  if (lunch === undefined || nobody === undefined || first?.state !== 'request')
    throw new Error('the mails did not come')

  await ok(api.intake.list({ filter: { show: 'to-sort' } }))
  for (const { id } of await listed()) await ok(api.intake.get({ mailId: id }))
  const personId = await personIdOf(desk, 'endo.tsubasa')
  const { id: requestId } = await ok(api.intake.match({ mailId: nobody.id, personId }))
  await codeOf(api.intake.match({ mailId: nobody.id, personId }))
  await ok(api.intake.dismiss({ mailId: lunch.id, reason: 'asks for nothing' }))
  await ok(api.intake.ofRequest({ requestId }))
  await codeOf(api.requests.create({ personId, channel: 'phone', reason: 'forgot', note: '', claim: false }))

  await switchTo(desk, 'tanaka.hiroshi')
  await ok(api.intake.readyTemplates())
  const templates = await ok(api.intake.templates())
  const [template] = templates
  if (template === undefined) throw new Error('there are no ready templates')
  await ok(api.intake.tryTemplates({ raw: `User ID: ito.kenta\n${pastedSecret}`, templates }))
  await codeOf(api.intake.saveTemplates({ templates: [template, template] }))
  await ok(api.intake.saveTemplates({ templates }))
  await switchTo(desk, 'suzuki.ken')
}
