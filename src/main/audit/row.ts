import { hash as digest, randomFillSync } from 'node:crypto'

/**
 * What a row says about the person it was done to. It reaches the chain only as a salted commitment: emptied together with its
 * salt, it is gone for good and the chain still verifies. Version 1 had all four texts that people read in it.
 */
interface PersonalPart {
  readonly targetName: string
  /** Facts that name or describe the person; canonical JSON. */
  readonly targetDetails: string
  /** What a text search looks into: the folded name. */
  readonly targetSearch: string
}

/** One row as the table holds it. */
export interface StoredRow extends PersonalPart {
  /** 1: as it was before people could be erased; 2 is written today. */
  readonly version: 1 | 2
  readonly seq: number
  readonly at: string
  readonly operationId: string
  readonly phase: string
  readonly action: string
  readonly outcome: string
  readonly actorId: string
  readonly targetId: string
  readonly requestId: string
  readonly requestNumber: number | null
  readonly actorName: string
  /** Facts of the act; canonical JSON. */
  readonly details: string
  /** What a text search looks into: folded name of the actor, number, action, outcome. */
  readonly search: string
  /** Empty: the personal part was taken out. */
  readonly salt: Buffer
  readonly commitment: Buffer
  readonly hash: Buffer
}

type CommittedTexts = PersonalPart & Pick<StoredRow, 'version' | 'actorName' | 'details' | 'search'>

/** A row before it has its place in the chain. */
export type RowDraft = Omit<StoredRow, 'seq' | 'salt' | 'commitment' | 'hash'>

const rowPrefix = Buffer.of(0x00)
const commitmentPrefix = Buffer.of(0x02)
const nothing = Buffer.alloc(0)
const saltLength = 16
const hashLength = 32

/** The columns in the order of {@link readRow}, one statement part for writer, reader and verifier. */
export const rowColumns =
  'seq, at, operation_id, phase, action, outcome, actor_id, target_id, request_id, request_number, ' +
  'actor_name, target_name, details, search, salt, commitment, hash, version, target_details, target_search'

/** The same of a file that was written before people could be erased. */
export const firstRowColumns = rowColumns.replace('version, target_details, target_search', "1, '', ''")

const emptied = `UPDATE rows SET target_name = '', target_details = '', target_search = '', salt = x'',
    actor_name = iif(version = 1, '', actor_name), details = iif(version = 1, '', details), search = iif(version = 1, '', search)
  WHERE seq BETWEEN ? AND ? AND length(salt) > 0`

/** Takes the personal part out of one person's rows, from one number to another. */
export const emptyRowsOfPerson = `${emptied} AND target_id = ?`

/** The same for everybody's. */
export const emptyAllRows = `${emptied} AND target_id <> ''`

/** What the first row of a chain follows: chains of two installations never fit each other. */
export function genesisHash(origin: string): Buffer {
  return digest('sha256', `sspr-desk/audit/v1\n${origin}`, 'buffer')
}

/** Gives the draft its number, salt, commitment and hash. */
export function sealRow(draft: RowDraft, seq: number, previousHash: Uint8Array): StoredRow {
  const salt = newSalt()
  const row = { ...draft, seq, salt, commitment: commitmentOf(draft, salt) }
  return { ...row, hash: rowHash(row, previousHash) }
}

/** `SHA-256(0x00 ‖ canonical(row) ‖ previous hash)`. */
export function rowHash(row: Omit<StoredRow, 'hash'>, previousHash: Uint8Array): Buffer {
  return hashOf(rowPrefix, canonicalRow(row), previousHash)
}

/** `SHA-256(0x02 ‖ salt ‖ canonical(personal part))`: without the salt a short list of names could be tried. */
export function commitmentOf(row: CommittedTexts, salt: Uint8Array): Buffer {
  return hashOf(Buffer.concat([commitmentPrefix, salt]), canonicalPersonal(row), nothing)
}

/** Whether the personal part was taken out, in whole and from a row that has a person. */
export function isEmptied(row: StoredRow): boolean {
  const texts = [row.targetName, row.targetDetails, row.targetSearch]
  if (row.version === 1) texts.push(row.actorName, row.details, row.search)
  return row.salt.length === 0 && row.targetId !== '' && texts.every((text) => text === '')
}

/**
 * RFC 8785 (JCS) of a fixed, flat shape. The keys stand in code-unit order and values are strings, safe integers or null:
 * for these `JSON.stringify` writes exactly what JCS asks for.
 */
export function canonicalRow(row: Omit<StoredRow, 'hash'>): string {
  return row.version === 1 ? firstCanonicalRow(row) : secondCanonicalRow(row)
}

function secondCanonicalRow(row: Omit<StoredRow, 'hash'>): string {
  return JSON.stringify({
    action: row.action,
    actorId: row.actorId,
    actorName: row.actorName,
    at: row.at,
    commitment: row.commitment.toString('hex'),
    details: row.details,
    operationId: row.operationId,
    outcome: row.outcome,
    phase: row.phase,
    requestId: row.requestId,
    requestNumber: row.requestNumber,
    search: row.search,
    seq: row.seq,
    targetId: row.targetId,
    v: 2,
  })
}

function firstCanonicalRow(row: Omit<StoredRow, 'hash'>): string {
  return JSON.stringify({
    action: row.action,
    actorId: row.actorId,
    at: row.at,
    commitment: row.commitment.toString('hex'),
    operationId: row.operationId,
    outcome: row.outcome,
    phase: row.phase,
    requestId: row.requestId,
    requestNumber: row.requestNumber,
    seq: row.seq,
    targetId: row.targetId,
    v: 1,
  })
}

/** As {@link canonicalRow}; details go in as the text that the column holds. */
export function canonicalPersonal(row: CommittedTexts): string {
  const { actorName, details, search, targetDetails, targetName, targetSearch } = row
  return row.version === 1
    ? JSON.stringify({ actorName, details, search, targetName })
    : JSON.stringify({ targetDetails, targetName, targetSearch })
}

/** The values of {@link rowColumns}, in order. */
export function rowValues(row: StoredRow): (string | number | Buffer | null)[] {
  return [
    row.seq,
    row.at,
    row.operationId,
    row.phase,
    row.action,
    row.outcome,
    row.actorId,
    row.targetId,
    row.requestId,
    row.requestNumber,
    row.actorName,
    row.targetName,
    row.details,
    row.search,
    row.salt,
    row.commitment,
    row.hash,
    row.version,
    row.targetDetails,
    row.targetSearch,
  ]
}

/** A raw row of {@link rowColumns}; `null` when a value has another type than this app writes. */
export function readRow(raw: readonly unknown[]): StoredRow | null {
  const [seq, at, operationId, phase, action, outcome, actorId, targetId, requestId, requestNumber] = raw
  const [actorName, targetName, details, search, salt, commitment, hash, version, targetDetails, targetSearch] =
    raw.slice(10)
  if (!isInteger(seq) || !(requestNumber === null || isInteger(requestNumber))) return null
  if (!isText(at) || !isText(operationId) || !isText(phase) || !isText(action) || !isText(outcome)) return null
  if (!isText(actorId) || !isText(targetId) || !isText(requestId)) return null
  if (!isText(actorName) || !isText(targetName) || !isText(details) || !isText(search)) return null
  if (!(version === 1 || version === 2) || !isText(targetDetails) || !isText(targetSearch)) return null
  if (!(isBytes(salt, saltLength) || isBytes(salt, 0))) return null
  if (!isBytes(commitment, hashLength) || !isBytes(hash, hashLength)) return null
  return {
    seq,
    at,
    operationId,
    phase,
    action,
    outcome,
    actorId,
    targetId,
    requestId,
    requestNumber,
    actorName,
    targetName,
    details,
    search,
    salt,
    commitment,
    hash,
    version,
    targetDetails,
    targetSearch,
  }
}

/** One call over one buffer: on the path of every row this is several times faster than feeding a hash object. */
function hashOf(head: Uint8Array, text: string, tail: Uint8Array): Buffer {
  const buffer = Buffer.allocUnsafe(head.length + Buffer.byteLength(text, 'utf8') + tail.length)
  buffer.set(head)
  buffer.write(text, head.length, 'utf8')
  buffer.set(tail, buffer.length - tail.length)
  return digest('sha256', buffer, 'buffer')
}

// Drawn for many rows at once, and each byte given out once.
const saltPool = Buffer.alloc(saltLength * 256)
let saltAt = saltPool.length

function newSalt(): Buffer {
  if (saltAt === saltPool.length) {
    randomFillSync(saltPool)
    saltAt = 0
  }
  saltAt += saltLength
  return Buffer.from(saltPool.subarray(saltAt - saltLength, saltAt))
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

function isBytes(value: unknown, length: number): value is Buffer {
  return Buffer.isBuffer(value) && value.length === length
}
