import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { TestMailbox } from './dovecot'
import type { TestSms } from './kannel'
import type { TestDirectory } from './organisation'

/**
 * Sections of a configuration file for a real mailbox and a real SMS gateway, with their secrets in files of `folder`, self-service
 * for the members of `sspr-users`, and two methods for a caller: what `writeDeskFiles` takes as `more`.
 */
export function gatewaySections(
  folder: string,
  { mailbox, sms, directory }: { mailbox: TestMailbox; sms: TestSms; directory: TestDirectory },
): Readonly<Record<string, unknown>> {
  const secretFiles: Record<string, string> = {}
  for (const [name, value] of Object.entries({ 'mailbox.password': mailbox.password, ...sms.secrets })) {
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
