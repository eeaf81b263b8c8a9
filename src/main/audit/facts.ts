import type { AuditDetails, AuditEvent } from './audit'
import type { RowDraft } from './row'

const limits = { facts: 40, key: 60, text: 1000, name: 256, outcome: 64 }
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
    search: searchText([actorName, targetName], requestNumber, event.action, outcome),
  }
}

/** Flat canonical JSON (RFC 8785): keys sorted by code units, no white space. */
export function canonicalDetails(details: AuditDetails): string {
  const facts = Object.entries(details)
    .filter(([key]) => key.length <= limits.key && keyPattern.test(key))
    .map(([key, value]): [string, string | number | boolean] => [key, fact(key, value)])
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, limits.facts)
  // Not through an object: integer-like keys would change their order there.
  return `{${facts.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`
}

/** Makes two spellings of the same word equal: full-width and half-width, upper and lower case. */
export function foldText(value: string): string {
  return value.normalize('NFKC').toLowerCase()
}

function searchText(names: readonly string[], requestNumber: number | null, action: string, outcome: string): string {
  // 佐藤 美咲 is also looked for as 佐藤美咲.
  const spellings = names.flatMap((name) => [name, name.replace(/\s/gu, '')])
  const number = requestNumber === null ? '' : `#${requestNumber}`
  return text(foldText([...new Set(spellings), number, action, outcome].filter((word) => word !== '').join('\n')), 4000)
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
  return cut.toWellFormed().replaceAll('\uFFFD', '?')
}
