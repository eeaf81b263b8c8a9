import type { PersonId } from '../../shared/model/common'
import type { AuditRow } from '../../shared/model/audit'
import type { IntakeMailDetail } from '../../shared/model/intake'
import type { RequestEvent, ResetRequest } from '../../shared/model/request'
import { answerHashesOf, destinationOf } from '../domain/registration-secrets'
import type { SentCodeRow, StoredMethod, StoredProof } from '../stores/stores'
import type { PrivacyParts } from './privacy'

/** Everything that the desk keeps of one person, for that person: no seed, key, answer, hash or code. */
interface PersonExport {
  readonly format: 'sspr-desk-person'
  readonly version: 1
  readonly exportedAt: string
  readonly person: { readonly id: PersonId; readonly name: string }
  readonly methods: readonly object[]
  readonly requests: readonly object[]
  readonly failedChecks: object
  readonly audit: readonly object[]
}

type ExportParts = Pick<PrivacyParts, 'stores' | 'mailsOf' | 'people' | 'audit'>

/** Throws `store-tampered`. */
export async function personExport(
  parts: ExportParts,
  person: { readonly id: PersonId; readonly name: string; readonly exportedAt: string },
): Promise<PersonExport> {
  const { stores, audit } = parts
  const { id, name, exportedAt } = person
  const requests: object[] = []
  for (const request of await stores.requests.ofPerson(id)) requests.push(await requestPart(parts, request))
  const rows = await audit.about(id)
  // Failures count for a day; all that are kept are told.
  const { count, closedUntil, reportedAt } = await stores.failures.state(id, new Date(0).toISOString(), exportedAt)
  return {
    format: 'sspr-desk-person',
    version: 1,
    exportedAt,
    person: { id, name },
    methods: await methodParts(parts, id),
    requests,
    failedChecks: { count, closedUntil, reportedAt },
    audit: rows.map(auditPart),
  }
}

async function methodParts({ stores, people }: ExportParts, personId: PersonId): Promise<object[]> {
  const methods = await stores.methods.ofPerson(personId)
  const secrets = await people.openSecrets(personId, methods)
  try {
    return methods.map((method, index) => methodPart(method, secrets[index] ?? new Uint8Array()))
  } finally {
    for (const secret of secrets) secret.fill(0)
  }
}

function methodPart(method: StoredMethod, secret: Uint8Array): object {
  const { id, type, kind, label, registeredAt, confirmedAt, isDefault, lastUsedAt, firstInPerson } = method
  const said = { id, type, kind, label, registeredAt, confirmedAt, isDefault, lastUsedAt, firstInPerson }
  switch (type) {
    case 'mobile':
    case 'alternative':
    case 'office':
    case 'mail':
      return { ...said, ...destinationOf(secret) }
    case 'questions':
      return { ...said, questionIds: answerHashesOf(secret).map(({ questionId }) => questionId) }
    case 'app':
    case 'key':
      return said
  }
}

async function requestPart({ stores, mailsOf }: ExportParts, request: ResetRequest): Promise<object> {
  const [events, checks, codes, mails] = await Promise.all([
    stores.requests.events(request.id),
    stores.proofs.ofRequest(request.id),
    stores.codes.ofRequest(request.id),
    mailsOf(request.id),
  ])
  const { version: _version, ...said } = request
  return {
    ...said,
    history: events.map(({ id: _id, ...event }: RequestEvent) => event),
    checks: checks.map(checkPart),
    codesSent: codes.map(codePart),
    mails: mails.map(({ mail, text }: IntakeMailDetail) => ({ ...mail, text })),
  }
}

function checkPart({
  kind,
  label,
  attestation,
  action,
  provenAt,
  approval,
  approverName,
  spentAt,
}: StoredProof): object {
  return { kind, label, attestation, action, provenAt, approval, approverName, spentAt }
}

function codePart({ channel, purpose, sentAt, delivery, passedAt }: SentCodeRow): object {
  return { channel, purpose, sentAt, delivery, passedAt }
}

function auditPart({ hash: _hash, operationId: _operationId, erased: _erased, ...row }: AuditRow): object {
  return row
}
