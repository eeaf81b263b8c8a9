import { writeDeskFiles } from '../../support/config-file'
import type { DeskFiles } from '../../support/config-file'
import { startDovecot } from '../../support/dovecot'
import type { TestMailbox } from '../../support/dovecot'
import { gatewaySections } from '../../support/gateways'
import { startKannel } from '../../support/kannel'
import type { TestSms } from '../../support/kannel'
import type { TestDirectory } from '../../support/organisation'
import { startSlapd } from '../../support/slapd'

/** A real directory, mailbox and gateway for one desk. */
export interface Servers {
  readonly directory: TestDirectory
  readonly mailbox: TestMailbox
  readonly sms: TestSms
  /** A configuration for them in `folder`, with these policy values and self-service settings over the usual ones. */
  configure(folder: string, changes?: ConfigChanges): DeskFiles
  stop(): Promise<void>
}

interface ConfigChanges {
  readonly policy?: Readonly<Record<string, number>>
  readonly sspr?: Readonly<Record<string, unknown>>
  /** `false`: no gateway is configured. */
  readonly sms?: boolean
}

export async function startServers(): Promise<Servers> {
  const [directory, mailbox, sms] = await Promise.all([startSlapd(), startDovecot(), startKannel()])
  return {
    directory,
    mailbox,
    sms,
    configure: (folder, changes = {}) => {
      const { sms: gateway, ...sections } = gatewaySections(folder, { mailbox, sms, directory })
      return writeDeskFiles(folder, directory, '桜製作所', {
        ...sections,
        ...(changes.sms === false ? {} : { sms: gateway }),
        ...(changes.sspr === undefined ? {} : { sspr: changes.sspr }),
        policy: { methodsRequired: 2, ...changes.policy },
      })
    },
    stop: async () => {
      await Promise.all([directory.stop(), mailbox.stop(), sms.stop()])
    },
  }
}
