import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import type { PostgresPlace } from '../../src/main/stores/postgres'
import { createCa } from './ca'
import { freePort } from './ports'
import { findProgram, run, startServer } from './process'
import type { ServerProcess } from './process'

/** A real PostgreSQL on loopback, over TLS only, with one role that may do no more than own its databases. */
export interface TestPostgres {
  readonly host: string
  readonly port: number
  /** PEM of the CA; another one that did not sign the server's certificate. */
  readonly ca: string
  readonly otherCa: string
  /** Makes a database of its own; empty, or as `template` is. Nobody may be connected to a template. */
  createDatabase(template?: string): Promise<PostgresPlace>
  dropDatabase(name: string): Promise<void>
  /** A session of the server's own administrator in this database; whoever asks for it ends it. */
  connect(database: string): Promise<Client>
  /** One statement in such a session. */
  query(database: string, text: string): Promise<Record<string, unknown>[]>
  /** Ends the server as a power cut would; the data stays. */
  kill(): Promise<void>
  restart(): Promise<void>
  stop(): Promise<void>
}

const administrator = { user: 'lab', password: 'Lab-Passw0rd1' }
const desk = { user: 'desk', password: 'Desk-Passw0rd1' }

/** The programs of the newest server that is installed, whose folder is not on the path; Debian keeps one per version. */
function program(name: string): string {
  const root = '/usr/lib/postgresql'
  const versions = existingVersions(root)
  return findProgram([name, ...versions.map((version) => `../lib/postgresql/${version}/bin/${name}`)], 'postgresql')
}

function existingVersions(root: string): string[] {
  try {
    return readdirSync(root).toSorted((one, other) => Number(other) - Number(one))
  } catch {
    return []
  }
}

/** PostgreSQL refuses to run as root: the command before the command that makes it an ordinary user. */
function asOrdinaryUser(): { readonly prefix: readonly string[]; readonly own: (path: string) => void } {
  if (userInfo().uid !== 0) return { prefix: [], own: () => undefined }
  const id = (option: string): number => Number(run('id', [option, 'nobody']).trim())
  const [uid, gid] = [id('-u'), id('-g')]
  return {
    prefix: [findProgram(['setpriv'], 'util-linux'), `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'],
    own: (path) => chownSync(path, uid, gid),
  }
}

/** Whether there was such a process to send it to. */
function signal(pid: number, name: 'SIGKILL' | 0): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}

/** Starts PostgreSQL on a random port in a temporary folder; throws when it is not installed. */
export async function startPostgres(
  options: { readonly names?: readonly string[]; readonly tls?: boolean } = {},
): Promise<TestPostgres> {
  const { names = ['127.0.0.1'], tls = true } = options
  const [initdb, postgres] = [program('initdb'), program('postgres')]
  const host = '127.0.0.1'
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'postgres-'))
  const { prefix, own } = asOrdinaryUser()
  const ca = createCa(folder, names)
  const other = createCa(folder, names, 'other-')
  const data = join(folder, 'data')
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, administrator.password)
  mkdirSync(data, { mode: 0o700 })
  chmodSync(ca.keyFile, 0o600)
  for (const path of [folder, data, passwordFile, ca.keyFile]) own(path)

  const execute = (command: string, parameters: readonly string[]): readonly [string, readonly string[]] => {
    const [first = command, ...rest] = [...prefix, command]
    return [first, [...rest, ...parameters]]
  }
  // An order of text that is not the one of its bytes: nothing may depend on it.
  const locale = ['--encoding=UTF8', '--locale=C.UTF-8', '--locale-provider=icu', '--icu-locale=ja']
  const signIn = ['--auth=scram-sha-256', `--username=${administrator.user}`, `--pwfile=${passwordFile}`]
  run(...execute(initdb, ['--no-sync', '--no-instructions', `--pgdata=${data}`, ...locale, ...signIn]))
  writeFileSync(join(data, 'pg_hba.conf'), `${tls ? 'hostssl' : 'host'} all all ${host}/32 scram-sha-256\n`)
  const settings = {
    listen_addresses: host,
    port: `${port}`,
    unix_socket_directories: '',
    ssl: tls ? 'on' : 'off',
    ssl_cert_file: ca.certFile,
    ssl_key_file: ca.keyFile,
    max_connections: '60',
    shared_buffers: '32MB',
    // Quick, and nothing here is to outlive a power cut of the machine.
    fsync: 'off',
    full_page_writes: 'off',
    autovacuum_naptime: '10s',
  }
  const parameters = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])

  const authority = readFileSync(ca.caFile, 'utf8')
  const connect = async (database: string): Promise<Client> => {
    const client = new Client({ host, port, database, ...administrator, ssl: tls ? { ca: authority } : false })
    client.on('error', () => undefined)
    await client.connect()
    return client
  }
  async function query(database: string, text: string): Promise<Record<string, unknown>[]> {
    const client = await connect(database)
    try {
      const { rows } = await client.query<Record<string, unknown>>(text)
      return rows
    } finally {
      await client.end()
    }
  }
  const answers = async (): Promise<boolean> => {
    // A server without the right names is asked whether it is there at all.
    try {
      await query('postgres', 'select 1')
      return true
    } catch (error) {
      return error instanceof Error && Reflect.get(error, 'code') === 'ERR_TLS_CERT_ALTNAME_INVALID'
    }
  }
  const start = (): Promise<ServerProcess> =>
    startServer(...execute(postgres, ['-D', data, ...parameters]), {
      logFile: join(folder, 'postgres.log'),
      ready: answers,
    })
  let server: ServerProcess | null = await start()
  let made = 0

  async function kill(): Promise<void> {
    const running = server
    server = null
    if (running === null) return
    const children = run('ps', ['-o', 'pid=', '--ppid', String(running.pid)])
      .split('\n')
      .map((line) => Number(line.trim()))
      .filter((pid) => pid > 0)
    // All of them, the first one first so that it starts no others: a new server needs their memory to be free.
    for (const pid of [running.pid, ...children]) signal(pid, 'SIGKILL')
    await running.stop()
    while (children.some((pid) => signal(pid, 0))) await sleep(10)
  }

  if (names.includes(host)) await query('postgres', `create role ${desk.user} login password '${desk.password}'`)
  return {
    host,
    port,
    ca: authority,
    otherCa: readFileSync(other.caFile, 'utf8'),
    connect,
    query,
    async createDatabase(template) {
      made += 1
      const database = `desk_${made}`
      const from = template === undefined ? '' : `template ${template}`
      await query('postgres', `create database ${database} owner ${desk.user} ${from}`)
      return { host, port, database, user: desk.user, password: () => desk.password, ca: authority, schema: null }
    },
    async dropDatabase(name) {
      await query('postgres', `drop database ${name} with (force)`)
    },
    kill,
    async restart() {
      await kill()
      server = await start()
    },
    async stop() {
      await server?.stop()
      server = null
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
