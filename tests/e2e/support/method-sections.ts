import { connections, groupDn } from '../../support/gateways'
import type { TestMailServer } from '../../support/exim'
import type { TestSms } from '../../support/kannel'
import type { TestDirectory } from '../../support/organisation'
import type { VoiceSink } from '../../support/voice-sink'

/** Sections of a configuration file for every way in which a code travels, and for security keys. */
export function methodSections(
  folder: string,
  servers: {
    readonly sms: TestSms
    readonly voice: VoiceSink
    readonly mailServer: TestMailServer
    readonly directory: TestDirectory
  },
): Readonly<Record<string, unknown>> {
  const { sms, voice, mailServer, directory } = servers
  const { roles: _roles, ...section } = directory.directoryConfig
  return {
    ...connections(folder, { sms, voice, smtp: mailServer, rpId: 'desk.sakura.example' }),
    // Privileged by the site's own word, and still within the rights of an agent.
    directory: { ...section, protectedGroups: [...section.protectedGroups, groupDn(directory, 'sspr-tokyo')] },
    mailDomains: ['sakura.example'],
    policy: { methodsRequired: 2 },
  }
}
