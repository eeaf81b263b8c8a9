import Database from 'better-sqlite3'
import { createHash, createPublicKey } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AuditVerdict } from '../../shared/model/audit'
import { checkChain, type Checked, type CheckOptions } from './chain-check'
import { publicKeyOf } from './checkpoint'
import type { AuditDatabase } from './database'
import { readNotes } from './side-file'

export interface VerifyRequest {
  /** A saved copy, or the store itself while the app is closed. */
  readonly file: string
  /** Key that was noted in a safe place (PEM or base64 SPKI); `null`: the one inside the copy. */
  readonly publicKeyFile: string | null
  /** The desk's `audit-checkpoints.txt`, or what was kept of it; `null`: the copy's own checkpoints alone. */
  readonly checkpointsFile: string | null
}

/** `checked: false`: nothing could be said, because a file is missing or is something else. */
export type VerifyReport =
  | { readonly checked: false; readonly sentence: string }
  | {
      readonly checked: true
      readonly sentence: string
      readonly verdict: AuditVerdict
      readonly origin: string
      /** SHA-256 of the public key (SPKI), hex. */
      readonly fingerprint: string
    }

class Unusable extends Error {}

/** Checks a copy offline and read-only, and words what it found. */
export async function verifyCopy(request: VerifyRequest): Promise<VerifyReport> {
  try {
    return await verify(request)
  } catch (error) {
    if (error instanceof Unusable) return { checked: false, sentence: error.message }
    throw error
  }
}

async function verify(request: VerifyRequest): Promise<VerifyReport> {
  if (!existsSync(request.file)) throw new Unusable(`There is no file ${request.file}.`)
  const db = openCopy(request.file)
  try {
    const { origin, ownKey, withheld } = identity(db, request.file)
    const pinned = request.publicKeyFile === null ? null : readPublicKey(request.publicKeyFile)
    const key = pinned ?? ownKey
    const sideNotes = request.checkpointsFile === null ? [] : readNotes(readText(request.checkpointsFile))
    const found = await check(db, { trust: { origin, publicKey: publicKeyOf(key) }, sideNotes, withheld })
    const fingerprint = createHash('sha256').update(key).digest('hex')
    const parts = [
      finding(found.verdict, found.damage),
      personalNote(found.verdict, found.emptied, withheld),
      unsignedNote(found.verdict, found.signedUntil),
      trustNote(pinned, ownKey),
    ]
    const sentence = parts.filter((part) => part !== '').join(' ')
    return { checked: true, sentence, verdict: found.verdict, origin, fingerprint }
  } finally {
    db.close()
  }
}

async function check(
  db: AuditDatabase,
  options: Pick<CheckOptions, 'trust' | 'sideNotes' | 'withheld'>,
): Promise<Checked & { damage: string }> {
  try {
    const checked = await checkChain(db, {
      ...options,
      until: null,
      running: new Set(),
      pause: () => nextTurn(),
    })
    const { verdict } = checked
    if (!verdict.intact) return { ...checked, damage: '' }
    // The chain reads the rows themselves; a search in the app goes by indexes, which could hide some.
    const structure = db.pragma('integrity_check(1)', { simple: true })
    if (structure === 'ok') return { ...checked, damage: '' }
    return { ...checked, verdict: { ...verdict, intact: false, problem: 'unreadable' }, damage: String(structure) }
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error
    return { verdict: nothingRead, signedUntil: 0, emptied: 0, damage: error.message }
  }
}

const nothingRead: AuditVerdict = {
  intact: false,
  rows: 0,
  firstAt: null,
  lastAt: null,
  headHash: '',
  checkpoints: 0,
  brokenSeq: null,
  problem: 'unreadable',
  unfinished: 0,
}

function openCopy(file: string): AuditDatabase {
  let db: AuditDatabase | null = null
  try {
    db = new Database(file, { readonly: true, fileMustExist: true })
    db.pragma('trusted_schema = OFF')
    const tables = db
      .prepare<[], string>(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN ('meta', 'rows', 'checkpoints')",
      )
      .pluck(true)
      .all()
    if (tables.length !== 3) throw new Unusable(`${file} is a database, but not an audit store of SSPR Desk.`)
    return db
  } catch (error) {
    db?.close()
    if (error instanceof Unusable) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new Unusable(`${file} cannot be read as an audit store: ${reason}.`)
  }
}

function identity(db: AuditDatabase, file: string): { origin: string; ownKey: Buffer; withheld: boolean } {
  const select = db.prepare<[string], unknown>('SELECT value FROM meta WHERE key = ?').pluck(true)
  const origin = select.get('origin')
  const key = select.get('public-key')
  if (typeof origin !== 'string' || typeof key !== 'string') {
    throw new Unusable(`${file} does not say which installation wrote it.`)
  }
  const ownKey = asPublicKey(Buffer.from(key, 'base64'), `The public key inside ${file}`)
  return { origin, ownKey, withheld: select.get('personal') === 'withheld' }
}

function readPublicKey(file: string): Buffer {
  const text = readText(file).trim()
  const what = `${file} as a public key`
  if (!text.includes('-----BEGIN')) return asPublicKey(Buffer.from(text, 'base64'), what)
  try {
    return asPublicKey(createPublicKey(text).export({ format: 'der', type: 'spki' }), what)
  } catch (error) {
    if (error instanceof Unusable) throw error
    throw new Unusable(`${what} cannot be read.`)
  }
}

function asPublicKey(der: Buffer, what: string): Buffer {
  try {
    publicKeyOf(der)
    return der
  } catch {
    throw new Unusable(`${what} cannot be read: it must be an Ed25519 key.`)
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw new Unusable(`${file} cannot be read.`)
  }
}

function finding(verdict: AuditVerdict, damage: string): string {
  const row = verdict.brokenSeq === null ? 'The store' : `Row ${verdict.brokenSeq}`
  switch (verdict.problem) {
    case 'none':
      return intact(verdict)
    case 'row-changed':
      return `NOT INTACT: row ${verdict.brokenSeq} was changed. ${before(verdict)}`
    case 'row-missing':
      return `NOT INTACT: row ${verdict.brokenSeq} is missing. ${before(verdict)}`
    case 'row-order':
      return `NOT INTACT: row ${verdict.brokenSeq} is not in its place; the order was changed. ${before(verdict)}`
    case 'chain-broken':
      return `NOT INTACT: row ${verdict.brokenSeq} does not belong to the chain; it was put in. ${before(verdict)}`
    case 'checkpoint-signature':
      return `NOT INTACT: ${row} has a checkpoint that was not signed with this key. ${before(verdict)}`
    case 'checkpoint-mismatch':
      return `NOT INTACT: ${row} is not the row that was signed there, or its checkpoint was taken out; rows up to it were rewritten. ${before(verdict)}`
    case 'tail-missing':
      return `NOT INTACT: rows from ${verdict.brokenSeq} on are missing; a signed checkpoint covers more. ${before(verdict)}`
    case 'unreadable':
      return `NOT INTACT: the file is damaged and cannot be read to its end (${damage}). ${before(verdict)}`
  }
}

function intact(verdict: AuditVerdict): string {
  const span = verdict.firstAt === null ? '' : `, from ${verdict.firstAt} to ${verdict.lastAt}`
  const open = verdict.unfinished === 0 ? '' : ` ${counted(verdict.unfinished, 'action')} without a result row.`
  return `INTACT: ${counted(verdict.rows, 'row')}${span}, ${counted(verdict.checkpoints, 'signed checkpoint')}.${open}`
}

function personalNote(verdict: AuditVerdict, emptied: number, withheld: boolean): string {
  if (!verdict.intact || emptied === 0) return ''
  if (withheld) return 'What names the people concerned is not in this copy.'
  return `What named the people concerned was taken out of ${counted(emptied, 'row')} by erasures that the chain records.`
}

/** Rows behind the newest checkpoint fit together, but anybody could have computed their hashes. */
function unsignedNote(verdict: AuditVerdict, signedUntil: number): string {
  if (!verdict.intact || signedUntil >= verdict.rows) return ''
  return `No signed checkpoint covers rows ${signedUntil + 1} to ${verdict.rows}: nothing vouches for these.`
}

function before(verdict: AuditVerdict): string {
  return verdict.rows === 0 ? 'No row could be confirmed.' : `The first ${counted(verdict.rows, 'row')} fit together.`
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function trustNote(pinned: Buffer | null, ownKey: Buffer): string {
  if (pinned === null) return 'Checked with the key inside the copy: compare its fingerprint with the one you noted.'
  return pinned.equals(ownKey) ? '' : 'The copy names another key than the one given.'
}
