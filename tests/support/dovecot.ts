import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { createTransport } from 'nodemailer'
import { createCa } from './ca'
import { freePort } from './ports'
import { findProgram, run, startServer } from './process'
import type { ServerProcess } from './process'

export interface DovecotOptions {
  /** 127.0.0.2 is where dovecot refuses a login without TLS: from 127.0.0.1 to itself it takes clear text as safe. */
  readonly host?: '127.0.0.1' | '127.0.0.2'
  /** Names and addresses of the server's certificate; none: no name fits. */
  readonly certificateNames?: readonly string[]
  /** `false`: a server that knows neither STARTTLS nor TLS. */
  readonly tls?: boolean
  /** `false`: a server without the IDLE extension (RFC 2177). */
  readonly idle?: boolean
}

/** A real dovecot with one mailbox. */
export interface TestMailbox {
  readonly host: string
  /** IMAP with STARTTLS. */
  readonly port: number
  /** IMAP over TLS. */
  readonly tlsPort: number
  readonly lmtpPort: number
  readonly userName: string
  readonly password: string
  readonly folder: string
  readonly caFile: string
  /** PEM of the CA. */
  readonly ca: string
  /** Another authority, which did not sign the server's certificate. */
  readonly otherCa: string
  /** Delivers a raw mail by LMTP, as a mail server does. */
  deliver(raw: string | Uint8Array): Promise<void>
  /** Puts many mails into the mailbox at once, in this order. */
  drop(raws: readonly (string | Uint8Array)[]): void
  /** A person's own mailbox on the same server, which the desk does not read. */
  readonly home: { readonly address: string; readonly mails: () => string[] }
  /** Every mail as it came, by the order of the mailbox. */
  messages(): Promise<string[]>
  /** Flags of every mail, as the server keeps them: one text each, empty for one that nobody has touched. */
  flags(): Promise<string[]>
  /** The mailbox gets another UIDVALIDITY and new UIDs for the same mails (RFC 9051 §2.3.1.1). */
  changeUidValidity(): Promise<void>
  /** Ends the server as a power cut would; mails stay. */
  kill(): Promise<void>
  /** Starts it again on the same ports. */
  restart(): Promise<void>
  stop(): Promise<void>
}

const userName = 'desk@lab.test'
const password = 'Desk-Passw0rd1'
const homeAddress = 'hanako.home@lab.test'

interface Ports {
  readonly imap: number
  readonly imaps: number
  readonly lmtp: number
}

/** All of dovecot runs as one ordinary user, whether or not root starts it. */
export function account(): {
  readonly user: string
  readonly group: string
  readonly uid: number
  readonly gid: number
} {
  const name = userInfo().uid === 0 ? 'nobody' : userInfo().username
  const field = (option: string): string => run('id', [option, name]).trim()
  return { user: name, group: field('-gn'), uid: Number(field('-u')), gid: Number(field('-g')) }
}

function configuration(folder: string, options: DovecotOptions, ports: Ports): string {
  const { user, group } = account()
  const { host = '127.0.0.1', tls = true, idle = true } = options
  const protection = tls
    ? `ssl = required\nssl_cert = <${folder}/tls/server.pem\nssl_key = <${folder}/tls/server.key\ndisable_plaintext_auth = yes`
    : 'ssl = no\ndisable_plaintext_auth = no'
  // A capability line of our own takes IDLE away; the real server still does everything else.
  const capability = idle ? '' : 'protocol imap {\n  imap_capability = IMAP4rev1 LITERAL+ UIDPLUS ENABLE SPECIAL-USE\n}'
  const root = userInfo().uid === 0 ? '' : 'chroot =\n'
  return `base_dir = ${folder}/run
state_dir = ${folder}/run
log_path = ${folder}/dovecot.log
protocols = imap lmtp
listen = ${host}
default_internal_user = ${user}
default_internal_group = ${group}
default_login_user = ${user}
mail_uid = ${user}
mail_gid = ${group}
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:${folder}/mail/%u
mail_home = ${folder}/mail/%u
mailbox_idle_check_interval = 1 secs
mail_fsync = never
auth_mechanisms = plain login
${protection}
${capability}
passdb {
  driver = passwd-file
  args = username_format=%u ${folder}/users
}
userdb {
  driver = static
  args = uid=${user} gid=${group} home=${folder}/mail/%u
}
service imap-login {
  chroot =
  process_limit = 100
  inet_listener imap {
    port = ${ports.imap}
  }
  inet_listener imaps {
    port = ${tls ? ports.imaps : 0}
    ssl = yes
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
service lmtp {
  ${root}inet_listener lmtp {
    address = ${host}
    port = ${ports.lmtp}
  }
}
namespace inbox {
  inbox = yes
}
`
}

/** Whether an IMAP server greets there: dovecot's master listens before its login process can answer. */
function greets(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host)
    const end = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(2000, () => end(false))
    socket.once('data', (data: Buffer) => end(data.toString('latin1').startsWith('* OK')))
    socket.once('error', () => end(false))
    socket.once('close', () => end(false))
  })
}

/** Starts dovecot on random loopback ports in a temporary folder; throws when it is not installed. */
export async function startDovecot(options: DovecotOptions = {}): Promise<TestMailbox> {
  const dovecot = findProgram(['dovecot'], 'dovecot-imapd dovecot-lmtpd')
  findProgram(['doveadm'], 'dovecot-imapd dovecot-lmtpd')
  const { host = '127.0.0.1' } = options
  const { uid, gid } = account()
  const folder = mkdtempSync(join(tmpdir(), 'desk-dovecot-'))
  // Its processes are somebody else where root starts it, and look through this folder.
  chmodSync(folder, 0o755)
  for (const name of ['run', 'tls', 'mail']) mkdirSync(join(folder, name), { mode: 0o755 })
  const ca = createCa(join(folder, 'tls'), options.certificateNames ?? ['localhost', '127.0.0.1', '127.0.0.2'])
  const other = createCa(join(folder, 'tls'), ['localhost'], 'other-')
  const users = join(folder, 'users')
  const lines = [userName, homeAddress].map((name) => `${name}:{PLAIN}${password}::::::\n`)
  writeFileSync(users, lines.join(''), { mode: 0o600 })
  for (const place of ['run', 'mail', 'users']) chownSync(join(folder, place), uid, gid)

  const ports = { imap: await freePort(host), imaps: await freePort(host), lmtp: await freePort(host) }
  const configFile = join(folder, 'dovecot.conf')
  writeFileSync(configFile, configuration(folder, options, ports))
  const maildir = join(folder, 'mail', userName)
  const authority = readFileSync(ca.caFile, 'utf8')

  const start = (): Promise<ServerProcess> =>
    startServer(dovecot, ['-F', '-c', configFile], {
      logFile: join(folder, 'dovecot.out'),
      ready: () => greets(host, ports.imap),
    })
  let server: ServerProcess | null = await start()
  let dropped = 0

  const owned = (path: string): void => {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    chownSync(path, uid, gid)
  }

  async function kill(): Promise<void> {
    const running = server
    server = null
    if (running === null) return
    const children = run('ps', ['-o', 'pid=', '--ppid', String(running.pid)])
      .split('\n')
      .map((line) => Number(line.trim()))
      .filter((pid) => pid > 0)
    for (const pid of [running.pid, ...children]) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It ended by itself meanwhile.
      }
    }
    await running.stop()
    rmSync(join(folder, 'run'), { recursive: true, force: true })
    owned(join(folder, 'run'))
    chmodSync(join(folder, 'run'), 0o755)
  }

  async function restart(): Promise<void> {
    await kill()
    server = await start()
  }

  async function deliver(raw: string | Uint8Array): Promise<void> {
    const lmtp = createTransport({
      host,
      port: ports.lmtp,
      lmtp: true,
      secure: false,
      ignoreTLS: true,
    })
    try {
      await lmtp.sendMail({
        envelope: { from: 'sender@lab.test', to: [userName] },
        raw: typeof raw === 'string' ? raw : Buffer.from(raw),
      })
    } finally {
      lmtp.close()
    }
  }

  async function flags(): Promise<string[]> {
    const doveadm = findProgram(['doveadm'], 'dovecot-imapd')
    const lines = run(doveadm, ['-c', configFile, '-f', 'tab', 'fetch', '-u', userName, 'flags', 'ALL'])
    return lines
      .split('\n')
      .slice(1, -1)
      .map((line) => line.replace('\\Recent', '').trim())
  }

  return {
    host,
    port: ports.imap,
    tlsPort: ports.imaps,
    lmtpPort: ports.lmtp,
    userName,
    password,
    folder: 'INBOX',
    home: { address: homeAddress, mails: () => mailsIn(join(folder, 'mail', homeAddress, 'new')) },
    caFile: ca.caFile,
    ca: authority,
    otherCa: readFileSync(other.caFile, 'utf8'),
    deliver,
    drop(raws) {
      for (const path of [maildir, ...['tmp', 'new', 'cur'].map((name) => join(maildir, name))]) owned(path)
      for (const raw of raws) {
        dropped += 1
        // Dovecot gives UIDs in the order of the names.
        const name = `${1_700_000_000 + dropped}.M${dropped}P1.test`
        const place = join(maildir, 'tmp', name)
        writeFileSync(place, raw)
        chownSync(place, uid, gid)
        renameSync(place, join(maildir, 'new', name))
      }
    },
    async messages() {
      const doveadm = findProgram(['doveadm'], 'dovecot-imapd')
      const count = (await flags()).length
      return Array.from({ length: count }, (_mail, index) =>
        run(doveadm, [
          '-c',
          configFile,
          'fetch',
          '-u',
          userName,
          'text',
          'mailbox',
          'INBOX',
          String(index + 1),
        ]).replace(/^text:\n/u, ''),
      )
    },
    flags,
    async changeUidValidity() {
      await kill()
      const list = join(maildir, 'dovecot-uidlist')
      const [first = ''] = readFileSync(list, 'utf8').split('\n')
      const old = Number(/ V(?<validity>\d+)/u.exec(first)?.groups?.['validity'] ?? 1)
      rmSync(list)
      for (const name of ['dovecot.index', 'dovecot.index.log', 'dovecot.index.cache', 'dovecot.list.index.log'])
        rmSync(join(maildir, name), { force: true })
      writeFileSync(list, `3 V${old + 1000} N1\n`)
      chownSync(list, uid, gid)
      await restart()
    },
    kill,
    restart,
    async stop() {
      await server?.stop()
      server = null
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Nobody opens these, so each stays among the new ones; their names begin with the time at which they came. */
function mailsIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .toSorted()
    .map((name) => readFileSync(join(folder, name), 'utf8'))
}
