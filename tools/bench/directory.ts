import { spawn } from 'node:child_process'
import { Client } from 'ldapts'
import { systemClock } from '../../src/main/clock'
import { Connection } from '../../src/main/directory/connection'
import { createDirectory } from '../../src/main/directory'
import { parseEndpoint } from '../../src/main/directory/endpoint'
import { equals } from '../../src/main/directory/filters'
import { searchRequest } from '../../src/main/directory/openldap'
import type { TestDirectory } from '../../tests/support/organisation'
import { findProgram } from '../../tests/support/process'
import { startSlapd } from '../../tests/support/slapd'
import { startTlsProxy } from '../../tests/support/tls-proxy'

/** One figure of the bench. `ratio` is measured against something run beside it; `ok` says whether the limit holds. */
export interface Measurement {
  readonly name: string
  readonly measured: number
  readonly limit: number
  readonly unit: 'ratio' | 'round trips'
  readonly ratio: number
  readonly ok: boolean
}

const people = 100_000
const rows = 20
/** Milliseconds; far above what slapd takes. */
const farAway = 200
const agent = 'sato.misaki'
/** What agents type: user IDs, numbers, kanji, kana, whole names, parts of words, and names that nobody has. */
const queries = ['bulk.0123', 'B012345', '佐藤', 'さとう', '斎藤陽子', 'サイトウ', 'schm', 'yamada', 'qxzz']
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

/** Measures the directory floor on slapd with 100,000 people, on a warm connection (needs slapd and ldap-utils). */
export async function benchDirectory(): Promise<Measurement[]> {
  const ldapsearch = findProgram(['ldapsearch'], 'ldap-utils')
  const server = await startSlapd({ bulk: people })
  try {
    return [...(await benchSearch(server, ldapsearch)), await benchCard(server), await benchScan(server, ldapsearch)]
  } finally {
    await server.stop()
  }
}

async function benchSearch(server: TestDirectory, ldapsearch: string): Promise<Measurement[]> {
  const directory = createDirectory({ config: server.config, clock: systemClock(), log: silent })
  const session = await directory.signIn(agent, server.password)
  const bare = new Client({ url: server.config.servers[0] ?? '', tlsOptions: { ca: [server.config.ca ?? ''] } })
  const base = server.config.peopleBase ?? server.baseDn
  await bare.bind(await server.dn(agent), server.password)
  let ours = 0
  let library = 0
  let tool = 0
  try {
    for (const query of queries) {
      const { filter, attributes } = searchRequest(query, server.config.readingAttributes)
      if (filter === undefined) throw new Error('a search without a filter')
      const options = { filter, attributes: [...attributes], sizeLimit: rows + 1 }
      const mine = (): Promise<unknown> => session.search(query, rows)
      const theirs = (): Promise<unknown> => bare.search(base, options)
      const [a, b] = await takeTurns(mine, theirs, 60)
      ours += a
      library += b
      const tools = ['-z', String(rows + 1), String(filter), ...attributes]
      tool += (await takeTurns(mine, () => runLdapsearch(server, ldapsearch, tools), 10))[1]
    }
  } finally {
    await session.close()
    await bare.unbind()
  }
  return [
    ratio('search against bare ldapts, same filter', ours / library, 1.3),
    ratio('search against an ldapsearch process', ours / tool, 0.5),
  ]
}

async function benchCard(server: TestDirectory): Promise<Measurement> {
  const proxy = await startTlsProxy({ host: server.host, port: server.ldapsPort })
  try {
    const config = { ...server.config, servers: [`ldaps://localhost:${proxy.port}`] }
    const session = await createDirectory({ config, clock: systemClock(), log: silent }).signIn(agent, server.password)
    let most = 0
    for (const userId of ['ogawa.yuto', 'ikeda.sora', 'yoshida.jun', 'tanaka.hiroshi', 'bulk.012345']) {
      const { people: found } = await session.search(userId, rows)
      const id = found.find((person) => person.userId === userId)?.id ?? ''
      // Every round trip waits once for the far-away server; what is asked at the same time waits together.
      proxy.delayAnswers(farAway)
      const waited = await time(() => session.card(id))
      proxy.delayAnswers(0)
      most = Math.max(most, Math.floor(waited / farAway))
    }
    await session.close()
    return {
      name: 'round trips of a person card',
      measured: most,
      limit: 3,
      unit: 'round trips',
      ratio: most / 3,
      ok: most <= 3,
    }
  } finally {
    await proxy.stop()
  }
}

async function benchScan(server: TestDirectory, ldapsearch: string): Promise<Measurement> {
  const attributes = ['uid', 'cn', 'mail', 'telephoneNumber', 'ou', 'employeeNumber']
  const base = server.config.peopleBase ?? server.baseDn
  const connection = await Connection.open(parseEndpoint(server.config.servers[0] ?? ''), server.config)
  await connection.bind(await server.dn(agent), server.password)
  const scan = async (): Promise<void> => {
    let count = 0
    for await (const page of connection.scan(base, { filter: equals('objectClass', 'person'), attributes }))
      for (const person of page) count += person.text('uid') === '' ? 0 : 1
    if (count < people) throw new Error(`the scan read ${count} people`)
  }
  const tools = ['-E', 'pr=1000/noprompt', '(objectClass=person)', ...attributes]
  const [mine, theirs] = await takeTurns(scan, () => runLdapsearch(server, ldapsearch, tools), 6)
  await connection.close()
  return ratio('full paged scan against ldapsearch', mine / theirs, 1.2)
}

/** Runs the tool as a process and reads what it says, as a program must that uses it; 4 is the size limit asked for. */
function runLdapsearch(server: TestDirectory, ldapsearch: string, parameters: readonly string[]): Promise<void> {
  const login = ['-x', '-LLL', '-o', 'ldif-wrap=no', '-H', `ldaps://127.0.0.1:${server.ldapsPort}`]
  const identity = ['-D', `uid=${agent},${server.config.peopleBase ?? ''}`, '-w', server.password]
  return new Promise((resolve, reject) => {
    const child = spawn(ldapsearch, [...login, ...identity, '-b', server.config.peopleBase ?? '', ...parameters], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, LDAPTLS_CACERT: server.caFile },
    })
    child.stdout.setEncoding('utf8')
    child.stdout.resume()
    child.once('error', reject)
    child.once('close', (code) => (code === 0 || code === 4 ? resolve() : reject(new Error(`ldapsearch: ${code}`))))
  })
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** Lower quartiles of two works that take turns: a burst of another program hits neither side alone. */
async function takeTurns(
  one: () => Promise<unknown>,
  other: () => Promise<unknown>,
  rounds: number,
): Promise<readonly [number, number]> {
  const times: [number[], number[]] = [[], []]
  await one()
  await other()
  for (let round = 0; round < rounds; round += 1) {
    // Who goes first profits least from what the server has just read.
    for (const side of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const))
      times[side].push(await time(side === 0 ? one : other))
  }
  return [lowerQuartile(times[0]), lowerQuartile(times[1])]
}

function lowerQuartile(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 2] ?? Number.NaN
}

function ratio(name: string, exact: number, limit: number): Measurement {
  const measured = Number(exact.toFixed(2))
  return { name, measured, limit, unit: 'ratio', ratio: measured, ok: measured <= limit }
}
