import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { TestMailbox } from './dovecot'
import type { TestMailServer } from './exim'
import type { TestSms } from './kannel'
import type { TestDirectory } from './organisation'
import type { VoiceSink } from './voice-sink'

/**
 * Sections of a configuration file for a real mailbox and a real SMS gateway, and for calls and mails where they are given, with their
 * secrets in files of `folder`, self-service for the members of `sspr-users`, and two methods for a caller: what `writeDeskFiles` takes
 * as `more`.
 */
export function gatewaySections(
  folder: string,
  servers: {
    readonly mailbox: TestMailbox
    readonly sms: TestSms
    readonly directory: TestDirectory
    readonly voice?: Pick<VoiceSink, 'config' | 'secrets'> | undefined
    readonly smtp?: TestMailServer | undefined
  },
): Readonly<Record<string, unknown>> {
  const { mailbox, sms, voice, smtp, directory } = servers
  const secretFiles: Record<string, string> = {}
  for (const [name, value] of Object.entries({
    'mailbox.password': mailbox.password,
    ...sms.secrets,
    ...voice?.secrets,
    ...(smtp !== undefined && { 'smtp.password': smtp.password }),
  })) {
    const file = path.join(folder, `${name}.secret`)
    writeFileSync(file, value, { mode: 0o600 })
    secretFiles[name] = file
  }
  const { ca: _ca, ...gateway } = sms.config
  return {
    mailbox: {
      host: mailbox.host,
      port: mailbox.port,
      security: 'starttls',
      userName: mailbox.userName,
      folder: mailbox.folder,
      caFile: mailbox.caFile,
    },
    sms: gateway,
    ...(voice !== undefined && { voice: { ...voice.config, ca: undefined } }),
    ...(smtp !== undefined && {
      smtp: {
        host: smtp.host,
        port: smtp.port,
        security: 'starttls',
        userName: smtp.userName,
        from: smtp.from,
        caFile: smtp.caFile,
      },
    }),
    sspr: { scope: 'selected', groups: [groupDn(directory, 'sspr-users')] },
    secretFiles,
    policy: { methodsRequired: 2 },
  }
}

/** DN of a group of the sample organisation on this server, like those of its role groups. */
function groupDn(directory: TestDirectory, name: string): string {
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
