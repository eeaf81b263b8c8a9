import type { AuditDetails, AuditEvent } from './audit'
import type { RowDraft } from './row'

const limits = { facts: 40, key: 60, text: 1000, name: 256, outcome: 64, search: 4000 }
const keyPattern = /^[a-z][A-Za-z0-9.-]*$/u

// Last line of defence only: services never hand a secret over. `copiedCode` or `codeLength` would be facts.
const secretKeys = /^(?:.*password|pass|passphrase|pin|otp|code|seed|secret|token|answer|credential|recovery-?key)$/iu
const withheld = '[withheld]'

/**
 * Facts of the act itself, which stay when its target is erased, as numbers, yes and no do. Every other text of a row with a
 * target may name or describe that person: labels, masks, reasons, notes, documents.
 */
const factsOfTheAct: ReadonlySet<string> = new Set([
  'approverId',
  'approverName',
  'approverUserId',
  'attestation',
  'channel',
  'delivery',
  'kind',
  'kinds',
  'mailId',
  'methodId',
  'missed',
  'purpose',
  'refusal',
  'server',
  'source',
  'toId',
  'toName',
  'type',
  'writeAction',
])

/** What a row says, cut to its limits. Never throws: a result row must not be lost because a fact was too long. */
export function draftRow(
  event: AuditEvent,
  entry: { at: string; operationId: string; phase: 'intent' | 'result'; outcome: string; notes: AuditDetails },
): RowDraft {
  const outcome = text(entry.outcome, limits.outcome)
  const actorName = text(event.actor.name, limits.name)
  const targetName = text(event.target?.name ?? '', limits.name)
  const targetId = text(event.target?.id ?? '', limits.text)
  const requestNumber = event.request?.number ?? null
  const details = { ...event.details, ...entry.notes }
  const isPersonal = (key: string): boolean =>
    targetId !== '' && typeof details[key] === 'string' && !factsOfTheAct.has(key)
  return {
    version: 2,
    at: entry.at,
    operationId: entry.operationId,
    phase: entry.phase,
    action: event.action,
    outcome,
    actorId: text(event.actor.id, limits.text),
    targetId,
    requestId: text(event.request?.id ?? '', limits.text),
    requestNumber,
    actorName,
    targetName,
    details: canonicalDetails(details, (key) => !isPersonal(key)),
    search: searchText(actorName, requestNumber, `${event.action}\n${outcome}`),
    targetDetails: canonicalDetails(details, isPersonal),
    targetSearch: text(spellings(targetName), limits.search),
  }
}

/** For a person who was erased while the act was under way. */
export function withoutPerson(draft: RowDraft): RowDraft {
  return { ...draft, targetName: '', targetDetails: '{}', targetSearch: '' }
}

/** Flat canonical JSON (RFC 8785) of the facts that are `wanted`: keys sorted by code units, no white space. */
export function canonicalDetails(details: AuditDetails, wanted: (key: string) => boolean = () => true): string {
  const keys = Object.keys(details)
    .filter((key) => wanted(key) && key.length <= limits.key && keyPattern.test(key))
    .sort()
    .slice(0, limits.facts)
  // Member by member: an object would bring integer-like keys to its front.
  return `{${keys.map((key) => `"${key}":${JSON.stringify(fact(key, details[key]))}`).join(',')}}`
}

/** Makes two spellings of the same word equal: full-width and half-width, upper and lower case. */
export function foldText(value: string): string {
  return value.normalize('NFKC').toLowerCase()
}

function searchText(actorName: string, requestNumber: number | null, words: string): string {
  const number = requestNumber === null ? '' : `#${requestNumber}`
  return text(`${spellings(actorName)}\n${number}\n${foldText(words)}`, limits.search)
}

/** 佐藤 美咲 is also looked for as 佐藤美咲. */
function spellings(name: string): string {
  const folded = foldText(name)
  const joined = folded.replace(/\s/gu, '')
  return joined === folded ? folded : `${folded}\n${joined}`
}

function fact(key: string, value: unknown): string | number | boolean {
  if (typeof value === 'boolean') return value
  if (secretKeys.test(key)) return withheld
  if (typeof value === 'number' && Number.isFinite(value)) return value
  return text(String(value), limits.text)
}

/**
 * Well-formed and at most `max` code units. U+FFFD never gets into a row: bytes that do not decode read as U+FFFD, and so
 * can never have the same hash as what was written.
 */
function text(value: string, max: number): string {
  const cut = value.length <= max ? value : `${value.slice(0, max - 1)}…`
  return cut.isWellFormed() && !cut.includes('\uFFFD') ? cut : cut.toWellFormed().replaceAll('\uFFFD', '?')
}
