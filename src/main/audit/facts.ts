import type { AuditDetails, AuditEvent } from './audit'
import type { RowDraft } from './row'

const limits = { facts: 40, key: 60, text: 1000, name: 256, outcome: 64, search: 4000 }
const keyPattern = /^[a-z][A-Za-z0-9.-]*$/u

// Last line of defence only: services never hand a secret over. `copiedCode` or `codeLength` would be facts.
const secretKeys = /^(?:.*password|pass|passphrase|pin|otp|code|seed|secret|token|answer|credential|recovery-?key)$/iu
const withheld = '[withheld]'

/** What a row says, cut to its limits. Never throws: a result row must not be lost because a fact was too long. */
export function draftRow(
  event: AuditEvent,
  entry: { at: string; operationId: string; phase: 'intent' | 'result'; outcome: string; notes: AuditDetails },
): RowDraft {
  const outcome = text(entry.outcome, limits.outcome)
  const actorName = text(event.actor.name, limits.name)
  const targetName = text(event.target?.name ?? '', limits.name)
  const requestNumber = event.request?.number ?? null
  return {
    at: entry.at,
    operationId: entry.operationId,
    phase: entry.phase,
    action: event.action,
    outcome,
    actorId: text(event.actor.id, limits.text),
    targetId: text(event.target?.id ?? '', limits.text),
    requestId: text(event.request?.id ?? '', limits.text),
    requestNumber,
    actorName,
    targetName,
    details: canonicalDetails({ ...event.details, ...entry.notes }),
    search: searchText(actorName, targetName, requestNumber, `${event.action}\n${outcome}`),
  }
}

/** Flat canonical JSON (RFC 8785): keys sorted by code units, no white space. */
export function canonicalDetails(details: AuditDetails): string {
  const keys = Object.keys(details)
    .filter((key) => key.length <= limits.key && keyPattern.test(key))
    .sort()
    .slice(0, limits.facts)
  // Member by member: an object would bring integer-like keys to its front.
  return `{${keys.map((key) => `"${key}":${JSON.stringify(fact(key, details[key]))}`).join(',')}}`
}

/** Makes two spellings of the same word equal: full-width and half-width, upper and lower case. */
export function foldText(value: string): string {
  return value.normalize('NFKC').toLowerCase()
}

function searchText(actorName: string, targetName: string, requestNumber: number | null, words: string): string {
  const number = requestNumber === null ? '' : `#${requestNumber}`
  return text(`${spellings(actorName)}\n${spellings(targetName)}\n${number}\n${foldText(words)}`, limits.search)
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
