import { existsSync } from 'node:fs'
import path from 'node:path'
import { startDovecot } from '../../tests/support/dovecot'
import type { TestMailbox } from '../../tests/support/dovecot'
import { startKannel } from '../../tests/support/kannel'
import type { TestSms } from '../../tests/support/kannel'
import type { TestDirectory } from '../../tests/support/organisation'
import { startSlapd } from '../../tests/support/slapd'

/** The real servers that the demo runs on, as far as this machine has them; all on loopback. */
export interface DemoServers {
  readonly directory: TestDirectory
  /** Mailbox and SMS gateway come together or not at all. */
  readonly gateways: { readonly mailbox: TestMailbox; readonly sms: TestSms } | null
  stop(): Promise<void>
}

/** Starts what is there; `null` where not even an OpenLDAP server can be had. */
export async function startServers(say: (line: string) => void): Promise<DemoServers | null> {
  if (!isHere('slapd')) {
    say('No OpenLDAP server here: the built-in sample organisation takes its place.')
    return null
  }
  say('Starting OpenLDAP with the sample organisation …')
  const directory = await startSlapd()
  say(`OpenLDAP answers on ${directory.host}:${directory.ldapsPort} (TLS, loopback only).`)
  const gateways = await startGateways(say)
  return {
    directory,
    gateways,
    stop: async () => {
      await Promise.all([directory.stop(), gateways?.mailbox.stop(), gateways?.sms.stop()])
    },
  }
}

async function startGateways(say: (line: string) => void): Promise<DemoServers['gateways']> {
  if (!isHere('dovecot') || !isHere('bearerbox')) {
    say('No IMAP server or SMS gateway here: the demo goes on without mailbox and text messages.')
    return null
  }
  say('Starting a mailbox (dovecot) and an SMS gateway (Kannel with a fake SMS centre) …')
  const [mailbox, sms] = await Promise.all([startDovecot(), startKannel()])
  return { mailbox, sms }
}

function isHere(program: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/libexec']
  return folders.some((folder) => existsSync(path.join(folder, program)))
}
