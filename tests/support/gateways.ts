import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { TestMailbox } from './dovecot'
import type { TestMailServer } from './exim'
import type { TestSms } from './kannel'
import type { TestDirectory } from './organisation'
import type { VoiceSink } from './voice-sink'

/** What a desk is connected to, as far as it is there. */
interface Gateways {
  readonly mailbox?: TestMailbox | undefined
  readonly sms?: TestSms | undefined
  readonly voice?: Pick<VoiceSink, 'config' | 'secrets'> | undefined
  readonly smtp?: TestMailServer | undefined
  /** Relying party of security keys. */
  readonly rpId?: string | undefined
}

/**
 * Sections of a configuration file for these gateways with their secrets in files of `folder`, self-service for the members of `sspr-users`,
 * and two methods for a caller: what `writeDeskFiles` takes as `more`.
 */
export function gatewaySections(
  folder: string,
  { directory, ...gateways }: Gateways & { readonly directory: TestDirectory },
): Readonly<Record<string, unknown>> {
  return {
    ...connections(folder, gateways),
    sspr: { scope: 'selected', groups: [groupDn(directory, 'sspr-users')] },
    policy: { methodsRequired: 2 },
  }
}

/** The connections alone. */
export function connections(
  folder: string,
  { mailbox, sms, voice, smtp, rpId }: Gateways,
): Readonly<Record<string, unknown>> {
  const secretFiles: Record<string, string> = {}
  for (const [name, value] of Object.entries({
    ...(mailbox !== undefined && { 'mailbox.password': mailbox.password }),
    ...sms?.secrets,
    ...voice?.secrets,
    ...(smtp !== undefined && { 'smtp.password': smtp.password }),
  })) {
    const file = path.join(folder, `${name}.secret`)
    writeFileSync(file, value, { mode: 0o600 })
    secretFiles[name] = file
  }
  return {
    ...(mailbox !== undefined && {
      mailbox: { ...signIn(mailbox), folder: mailbox.folder },
    }),
    ...(sms !== undefined && { sms: { ...sms.config, ca: undefined } }),
    ...(voice !== undefined && { voice: { ...voice.config, ca: undefined } }),
    ...(smtp !== undefined && { smtp: { ...signIn(smtp), from: smtp.from } }),
    ...(rpId !== undefined && { securityKey: { rpId } }),
    secretFiles,
  }
}

function signIn({ host, port, userName, caFile }: TestMailbox | TestMailServer): Readonly<Record<string, unknown>> {
  return { host, port, security: 'starttls', userName, caFile }
}

/** DN of a group of the sample organisation on this server, like those of its role groups. */
export function groupDn(directory: TestDirectory, name: string): string {
  const [agents = ''] = directory.directoryConfig.roles.agent
  return agents.replace(/^cn=[^,]+/iu, `cn=${name}`)
}

/** Microsoft's "contact your administrator" mail, as far as its text is known: the user name is all that counts in it. */
export function contactMail(
  userName: string,
  more: { readonly subject?: string; readonly extra?: string } = {},
): string {
  const subject = more.subject ?? `Request to reset user's password`
  return [
    'From: Microsoft on behalf of Sakura <msonlineservicesteam@microsoftonline.com>',
    'To: desk@lab.test',
    `Subject: ${subject}`,
    `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${crypto.randomUUID()}@microsoftonline.com>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    `The following user in your organization has requested a password reset be performed for their account: ${userName}`,
    ...(more.extra === undefined ? [] : [more.extra]),
    '',
    'Please contact this end user to validate this request is authentic before continuing.',
    '',
  ].join('\r\n')
}

/** The six digits of a text message. */
export function codeIn(text: string): string {
  const code = /(?<!\d)\d{6}(?!\d)/u.exec(text)?.[0]
  if (code === undefined) throw new Error(`No code in: ${text}`)
  return code
}
