import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { promises as dns } from 'node:dns'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './ports'
import { findProgram, startServer } from './process'

/** One SRV record; `name` is absolute. */
export interface SrvRecord {
  readonly name: string
  readonly target: string
  readonly port: number
  readonly priority?: number
  readonly weight?: number
}

/** A DNS server that knows these records and nothing else. */
export interface TestDns {
  /** `127.0.0.1:port`, for `dnsServers`. */
  readonly server: string
  stop(): Promise<void>
}

/** Starts dnsmasq on a random loopback port; throws when it is not installed. */
export async function startDnsmasq(
  records: readonly SrvRecord[],
  hosts: Readonly<Record<string, string>> = {},
): Promise<TestDns> {
  const dnsmasq = findProgram(['dnsmasq'], 'dnsmasq-base')
  const folder = mkdtempSync(join(tmpdir(), 'desk-dns-'))
  const port = await freePort()
  const lines = [
    'no-resolv',
    'no-hosts',
    'no-daemon',
    'bind-interfaces',
    'listen-address=127.0.0.1',
    `port=${port}`,
    `pid-file=${folder}/pid`,
    'user=',
    'host-record=ready.test,127.0.0.1',
    ...records.map(
      ({ name, target, port: at, priority = 0, weight = 100 }) =>
        `srv-host=${name},${target},${at},${priority},${weight}`,
    ),
    ...Object.entries(hosts).map(([name, address]) => `host-record=${name},${address}`),
  ]
  const file = join(folder, 'dnsmasq.conf')
  writeFileSync(file, `${lines.join('\n')}\n`)
  const resolver = new dns.Resolver({ timeout: 500, tries: 1 })
  resolver.setServers([`127.0.0.1:${port}`])
  const server = await startServer(dnsmasq, ['--keep-in-foreground', `--conf-file=${file}`], {
    logFile: join(folder, 'dnsmasq.log'),
    ready: () =>
      resolver.resolve4('ready.test').then(
        () => true,
        () => false,
      ),
  })
  return {
    server: `127.0.0.1:${port}`,
    async stop() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
