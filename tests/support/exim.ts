import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SmtpConfig } from '../../src/main/config'
import { createCa } from './ca'
import { account } from './dovecot'
import type { TestMailbox } from './dovecot'
import { freePort } from './ports'
import { findProgram, startServer } from './process'
import type { ServerProcess } from './process'

export interface EximOptions {
  /** Where mail to `@lab.test` is delivered by LMTP; `null`: it stays in the queue. */
  readonly mailbox: Pick<TestMailbox, 'host' | 'lmtpPort'> | null
  /** Names and addresses of the server's certificate; none: no name fits. */
  readonly certificateNames?: readonly string[]
  /** `false`: a server that offers no STARTTLS. */
  readonly tls?: boolean
}

/** A real exim that takes mails over STARTTLS, and over TLS on a second port, from whoever signs in. */
export interface TestMailServer {
  readonly host: string
  /** STARTTLS. */
  readonly port: number
  /** TLS from the start. */
  readonly tlsPort: number
  readonly userName: string
  readonly password: string
  readonly from: string
  readonly caFile: string
  /** PEM of the CA. */
  readonly ca: string
  /** Another authority, which did not sign the server's certificate. */
  readonly otherCa: string
  /** The `smtp` section as the configuration hands it on. */
  readonly config: SmtpConfig & { readonly fromName: string }
  /** Everything that the server wrote down. */
  log(): string
  stop(): Promise<void>
}

const userName = 'app@lab.test'
const password = 'App-Passw0rd1'
const from = 'desk@sakura.example'

/** Addresses that this server refuses: `nobody@` for good, `later@` for now, `forbidden@` because of who sends. */
function configuration(
  folder: string,
  { mailbox, tls = true }: EximOptions,
  ports: { readonly starttls: number; readonly tls: number },
): string {
  const { user, group } = account()
  const protection = tls
    ? `tls_advertise_hosts = *
tls_certificate = ${folder}/tls/server.pem
tls_privatekey = ${folder}/tls/server.key
tls_on_connect_ports = ${ports.tls}`
    : 'tls_advertise_hosts ='
  return `primary_hostname = mail.lab.test
exim_user = ${user}
exim_group = ${group}
spool_directory = ${folder}/spool
log_file_path = ${folder}/log/%slog
pid_file_path = ${folder}/spool/exim.pid
local_interfaces = <; 127.0.0.1
daemon_smtp_ports = ${ports.starttls}${tls ? ` : ${ports.tls}` : ''}
${protection}
auth_advertise_hosts = \${if def:tls_in_cipher {*}{}}
deliver_drop_privilege = true
never_users =
host_lookup =
rfc1413_hosts =
disable_ipv6 = true
smtp_accept_queue_per_connection = 0
message_size_limit = 1M
acl_smtp_rcpt = rcpt
begin acl
rcpt:
  deny message = 530 5.7.0 authentication required
       !authenticated = *
  deny message = unknown user
       local_parts = nobody
  deny message = 550 5.7.1 not from you
       local_parts = forbidden
  defer message = try again later
       local_parts = later
  accept
begin routers
lab:
  driver = manualroute
  domains = lab.test
  route_list = * ${mailbox?.host ?? '127.0.0.1'} byname
  self = send
  transport = dovecot
begin transports
dovecot:
  driver = smtp
  protocol = lmtp
  port = ${mailbox?.lmtpPort ?? 1}
  hosts_avoid_tls = *
  allow_localhost = true
begin retry
* * F,1m,10s
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and{{eq{$auth2}{${userName}}}{eq{$auth3}{${password}}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = \${if and{{eq{$auth1}{${userName}}}{eq{$auth2}{${password}}}}}
  server_set_id = $auth1
`
}

/** Whether a mail server greets there. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const end = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(2000, () => end(false))
    socket.once('data', (data: Buffer) => end(data.toString('latin1').startsWith('220')))
    socket.once('error', () => end(false))
    socket.once('close', () => end(false))
  })
}

/** Starts exim on random loopback ports in a temporary folder; throws when it is not installed. */
export async function startExim(options: EximOptions): Promise<TestMailServer> {
  const exim = findProgram(['exim4'], 'exim4-daemon-light')
  const { uid, gid } = account()
  const folder = mkdtempSync(join(tmpdir(), 'desk-exim-'))
  chmodSync(folder, 0o755)
  for (const name of ['spool', 'log', 'tls']) mkdirSync(join(folder, name), { mode: 0o755 })
  const ca = createCa(join(folder, 'tls'), options.certificateNames ?? ['localhost', '127.0.0.1'])
  const other = createCa(join(folder, 'tls'), ['localhost'], 'other-')
  for (const name of ['spool', 'log', 'tls', 'tls/server.key', 'tls/server.pem'])
    chownSync(join(folder, name), uid, gid)

  const ports = { starttls: await freePort(), tls: await freePort() }
  const configFile = join(folder, 'exim.conf')
  writeFileSync(configFile, configuration(folder, options, ports))

  // Exim run by root would read no configuration of another place without giving its rights up for good: it is given none.
  const isRoot = process.getuid?.() === 0
  const daemon = ['-C', configFile, '-bdf', '-q1s']
  const [program, parameters] = isRoot
    ? [findProgram(['setpriv'], 'util-linux'), [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', exim, ...daemon]]
    : [exim, daemon]
  const server: ServerProcess = await startServer(program, parameters, {
    logFile: join(folder, 'exim.out'),
    ready: () => greets(ports.starttls),
  }).catch((error: unknown) => {
    rmSync(folder, { recursive: true, force: true })
    throw error
  })

  const authority = readFileSync(ca.caFile, 'utf8')
  return {
    host: 'localhost',
    port: ports.starttls,
    tlsPort: ports.tls,
    userName,
    password,
    from,
    caFile: ca.caFile,
    ca: authority,
    otherCa: readFileSync(other.caFile, 'utf8'),
    config: {
      host: 'localhost',
      port: ports.starttls,
      security: 'starttls',
      userName,
      from,
      fromName: 'さくら商事 ヘルプデスク',
      ca: authority,
      caFile: ca.caFile,
    },
    log: () => ['main', 'reject'].map((name) => readLog(join(folder, 'log', `${name}log`))).join('\n'),
    async stop() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function readLog(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
