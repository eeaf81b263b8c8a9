import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kysely } from 'kysely'
import { systemClock } from '../../src/main/clock'
import { openStores } from '../../src/main/stores/database'
import { RequestLedger } from '../../src/main/stores/request-ledger'
import { sqliteDatabase } from '../../src/main/stores/sqlite'
import type { NewRequest, RequestQuery, Stores } from '../../src/main/stores/stores'
import type { Tables } from '../../src/main/stores/tables'
import { createVault, writeKeyFile, type SecretVault } from '../../src/main/vault'
import type { Holder } from '../../src/shared/model/request'
import organisation from '../../resources/sample-organisation.json'
import { memoryOf } from './queue-memory'

export interface BenchResult {
  readonly name: string
  readonly measured: number
  readonly limit: number
  readonly unit: string
  readonly ratio: number
  readonly ok: boolean
}

/** A store of a bench, with what its searches find. */
interface Filled {
  readonly size: number
  readonly file: string
  readonly stores: Stores
  readonly agentId: string
}

const few = 100
const many = 100_000
const page = 12
const mostRatio = 1.5
const mostMegabytes = 60
const rounds = 60
/** 2026-11-23 09:00 in Tokyo. */
const now = Date.UTC(2026, 10, 23)
/** Requests were entered every half an hour up to then, and are due after a day. */
const apart = 0.5
const dueHours = 24
const causes = ['not-enabled', null, 'not-registered'] as const
const quiet = (): void => undefined
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet }

const base: RequestQuery = {
  states: ['open', 'claimed'],
  holderId: null,
  causes: [],
  channels: [],
  due: { from: null, until: null },
  created: { from: null, until: null },
  sort: 'due',
  text: '',
  cursor: null,
  limit: page,
}

/** What the queue asks for; each finds as many requests on its page in the small store as in the big one. */
const questions: readonly (readonly [string, (store: Filled) => Partial<RequestQuery>])[] = [
  ['open the queue', () => ({})],
  ['open everything', () => ({ states: [] })],
  ['sort by newest', () => ({ sort: 'newest' })],
  ['sort by oldest', () => ({ sort: 'oldest' })],
  ['sort by last change', () => ({ sort: 'updated' })],
  ['the archive', () => ({ states: ['done', 'refused', 'expired'] })],
  ['mine', ({ agentId }) => ({ holderId: agentId })],
  ['mine, closed ones too', ({ agentId }) => ({ holderId: agentId, states: [], sort: 'updated' })],
  ['nobody’s', () => ({ holderId: 'nobody' })],
  ['one cause', () => ({ causes: ['not-enabled'] })],
  ['two causes by newest', () => ({ causes: ['unknown', 'not-registered'], sort: 'newest' })],
  ['mails', () => ({ channels: ['mail'] })],
  ['overdue', () => ({ due: { from: null, until: hoursAgo(0) } })],
  ['overdue by newest', () => ({ due: { from: null, until: hoursAgo(0) }, sort: 'newest' })],
  ['due soon by newest', () => ({ due: { from: hoursAgo(0), until: hoursAgo(-18) }, sort: 'newest' })],
  ['older than a day', () => ({ created: { from: null, until: hoursAgo(24) } })],
  ['of the last day', () => ({ created: { from: hoursAgo(24), until: null } })],
  ['of the last day by last change', () => ({ created: { from: hoursAgo(24), until: null }, sort: 'updated' })],
  ['search 山田 (many)', () => ({ text: '山田' })],
  ['search やま (many)', () => ({ text: 'やま' })],
  ['search yamada (many)', () => ({ text: 'yamada' })],
  ['search yamada. (many)', () => ({ text: 'yamada.' })],
  ['search 山田 by newest, all', () => ({ text: '山田', states: [], sort: 'newest' })],
  ['search 山 by last change, all', () => ({ text: '山', states: [], sort: 'updated' })],
  ['search 小鳥遊 (one)', () => ({ text: '小鳥遊' })],
  ['search たかなし (one)', () => ({ text: 'たかなし' })],
  ['search takanashi.rei (one)', () => ({ text: 'takanashi.rei' })],
  ['search 山森 (none)', () => ({ text: '山森' })],
  ['search yamada.nobody (none)', () => ({ text: 'yamada.nobody' })],
  ['search 山田 zzz (none)', () => ({ text: '山田 zzz' })],
]

/**
 * The queue with 100,000 requests, half of them open, against one with 100: the same questions to the same code, by turns, each
 * with as many rows on its page. And what the process that holds the stores takes in memory, against one with an empty store.
 */
export async function benchQueue(): Promise<BenchResult[]> {
  const dir = mkdtempSync(join(tmpdir(), 'sspr-bench-queue-'))
  const opened: Filled[] = []
  try {
    const vault = await aVault(dir)
    const [small, big] = [await fill(dir, vault, few), await fill(dir, vault, many)]
    opened.push(small, big)
    const results: BenchResult[] = []
    for (const [name, question] of questions) {
      results.push(await compare(name, small, big, (filled) => ({ ...base, ...question(filled) })))
    }
    const deep = { small: await cursorOf(small, 2), big: await cursorOf(big, 50) }
    results.push(
      await compare('page 2 / page 50', small, big, (filled) => ({
        ...base,
        cursor: filled === small ? deep.small : deep.big,
      })),
    )
    results.push(await memory(dir, vault, big))
    return results
  } finally {
    for (const { stores } of opened) await stores.close()
    rmSync(dir, { recursive: true, force: true })
  }
}

async function compare(
  name: string,
  small: Filled,
  big: Filled,
  question: (filled: Filled) => RequestQuery,
): Promise<BenchResult> {
  const asked = [small, big].map((filled) => ({ filled, query: question(filled), times: [] as number[] }))
  const shown = new Set<number>()
  for (let round = 0; round < rounds; round += 1) {
    // Who goes first changes: the second one would always meet the machine as the first one left it.
    for (const one of round % 2 === 0 ? asked : asked.toReversed()) {
      const start = performance.now()
      const { requests } = await one.filled.stores.requests.list(one.query)
      one.times.push(performance.now() - start)
      shown.add(requests.length)
    }
  }
  if (shown.size !== 1) throw new Error(`"${name}" shows ${[...shown].join(' or ')} rows: nothing to compare`)

  const [fewMs, manyMs] = asked.map(({ times }) => lowerQuartile(times))
  const ratio = round2((manyMs ?? Number.NaN) / (fewMs ?? Number.NaN))
  return {
    name: `queue, 100,000 ÷ 100: ${name}`,
    measured: round2(manyMs ?? Number.NaN),
    limit: mostRatio,
    unit: 'ms',
    ratio,
    ok: ratio <= mostRatio,
  }
}

async function memory(dir: string, vault: SecretVault, big: Filled): Promise<BenchResult> {
  const empty = await fill(dir, vault, 0)
  await empty.stores.close()
  const [without, withMany] = [await memoryOf(empty.file), await memoryOf(big.file)]
  const measured = Math.round((withMany - without) / 2 ** 20)
  return {
    name: 'memory of the stores with 100,000 requests, above empty',
    measured,
    limit: mostMegabytes,
    unit: 'MiB',
    ratio: round2(withMany / without),
    ok: measured <= mostMegabytes,
  }
}

/** Requests as the ledger enters and changes them, many in a transaction: one by one, each would wait for the disk. */
async function fill(dir: string, vault: SecretVault, size: number): Promise<Filled> {
  const file = join(dir, `${size}.db`)
  const stores = await openStores({ file, vault, log })
  const on = sqliteDatabase(file)
  const database = new Kysely<Tables>({ dialect: on.dialect })
  const ledger = new RequestLedger(vault, on.search)
  const agents = Array.from({ length: 20 }, (_, index) => ({ id: aPersonId(), name: `agent ${index}` }))
  try {
    for (let from = 0; from < size; from += 1000) {
      await database.transaction().execute(async (trx) => {
        for (let index = from; index < Math.min(size, from + 1000); index += 1) {
          await enter(trx, ledger, index, size, agents[size === few ? 0 : index % agents.length])
        }
      })
    }
  } finally {
    await database.destroy()
  }
  return { size, file, stores, agentId: agents[0]?.id ?? '' }
}

/** Every second is open or claimed, the others were closed. */
async function enter(
  trx: Kysely<Tables>,
  ledger: RequestLedger,
  index: number,
  size: number,
  agent?: Holder,
): Promise<void> {
  const at = hoursAgo((size - index) * apart)
  const row = await ledger.enter(trx, aRequest(index, size), at)
  const live = index % 2 === 0
  const state = live ? (index % 8 === 0 ? 'claimed' : 'open') : index % 3 === 0 ? 'refused' : 'done'
  const cause = causes[index % causes.length] ?? null
  const holder = state === 'open' ? null : agent
  const held = { holder_id: holder?.id ?? null, holder_name: holder?.name ?? null }
  await ledger.replace(trx, row, { state, cause, ...held, version: 2, updated_at: at })
}

/** People of the sample organisation, their names mixed: every thirtieth is a 山田; in the small store every second. */
function aRequest(index: number, size: number): NewRequest {
  const { people } = organisation
  const [family, given] = [people[index % people.length], people[Math.floor(index / 7) % people.length]]
  const yamada = size === few ? index % 4 < 2 : index % 60 < 2
  const one = index === Math.floor(size / 2 / 2) * 2
  const [name, reading, userId] = one
    ? ['小鳥遊', 'たかなし', 'takanashi.rei']
    : yamada
      ? ['山田', 'やまだ', `yamada.${given?.userId.split('.')[1] ?? ''}`]
      : [family?.family ?? '', family?.reading.split(' ')[0] ?? '', `${family?.userId.split('.')[0] ?? ''}.${index}`]
  return {
    personId: aPersonId(),
    personName: `${name} ${given?.given ?? ''}`,
    personReading: `${reading} ${given?.reading.split(' ')[1] ?? ''}`,
    personUserId: userId,
    personDepartment: family?.department ?? '',
    channel: index % 4 < 2 ? 'mail' : 'phone',
    reason: 'forgot',
    createdBy: null,
    at: hoursAgo((size - index) * apart),
    expiresAt: hoursAgo(-7 * 24),
    dueAt: hoursAgo((size - index) * apart - dueHours),
    note: '',
  }
}

async function cursorOf({ stores }: Filled, pageNumber: number): Promise<string | null> {
  let cursor: string | null = null
  for (let passed = 1; passed < pageNumber; passed += 1) {
    cursor = (await stores.requests.list({ ...base, cursor })).nextCursor
  }
  return cursor
}

async function aVault(dir: string): Promise<SecretVault> {
  const file = join(dir, 'key')
  writeKeyFile(file)
  const { vault } = await createVault({ dir, protection: { kind: 'key-file', file }, clock: systemClock() })
  return vault
}

function aPersonId(): string {
  return `${randomUUID()}@dc=sakura,dc=example`
}

function hoursAgo(hours: number): string {
  return new Date(now - hours * 3_600_000).toISOString()
}

function round2(value: number): number {
  return Math.round(value * 100) / 100
}

/** What it takes while nobody else holds the processor: noise only ever adds. */
function lowerQuartile(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 4)] ?? Number.NaN
}
