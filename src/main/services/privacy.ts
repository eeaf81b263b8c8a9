import { AppError } from '../../shared/errors'
import type { PersonId } from '../../shared/model/common'
import type { IntakeMailDetail } from '../../shared/model/intake'
import type { Operator } from '../../shared/model/operator'
import type { Erasure, Revealed } from '../../shared/model/privacy'
import type { MethodType } from '../../shared/model/verification'
import type { AuditEvent, AuditScope, AuditStore } from '../audit/audit'
import type { Clock } from '../clock'
import { destinationOf } from '../domain/registration-secrets'
import type { Log } from '../log'
import type { Stores } from '../stores/stores'
import type { ApproverCredentials, Approvals } from './approvals'
import { actorOf, deskActor } from './audit-subjects'
import type { DesktopPort } from './desktop'
import type { Emit } from './events'
import { personExport } from './privacy-export'
import type { PersonVault } from './person-vault'
import type { Acting } from './session'

export interface PrivacyParts {
  readonly stores: Pick<Stores, 'methods' | 'requests' | 'proofs' | 'codes' | 'failures' | 'erasures'>
  /** The mails of a request with their text, without a limit. */
  readonly mailsOf: (requestId: string) => Promise<IntakeMailDetail[]>
  readonly people: PersonVault
  readonly audit: AuditStore
  readonly approvals: Pick<Approvals, 'confirm'>
  readonly desktop: Pick<DesktopPort, 'askSaveFile'>
  /** For this user only; throws `file-not-written`. */
  readonly writeFile: (file: string, text: string) => Promise<void>
  readonly clock: Clock
  readonly emit: Emit
  readonly log: Log
}

/** Where something can be sent to; of all other methods the secret is nobody's to see. */
const destinations: ReadonlySet<MethodType> = new Set(['mobile', 'alternative', 'office', 'mail'])
const ever = new Date(0).toISOString()

/** What an admin may do with the data of one person: see a number in full, hand over all of it, erase it. */
export class PrivacyService {
  readonly #parts: PrivacyParts
  /** Erasures under way: the sweep leaves them to whoever began. */
  readonly #erasing = new Set<PersonId>()
  #sweeping: Promise<void> | null = null

  constructor(parts: PrivacyParts) {
    this.#parts = parts
  }

  /**
   * One registered number or address in full. Throws `method-not-found`, `reveal-not-possible`, `reason-required`, `self-action`,
   * `role-required`.
   */
  async reveal(acting: Acting, input: { readonly methodId: string; readonly reason: string }): Promise<Revealed> {
    const { stores, people, audit } = this.#parts
    const method = await stores.methods.get(input.methodId)
    const event = {
      action: 'privacy.reveal',
      actor: actorOf(acting),
      target: await this.#target(acting, method.personId),
      details: { methodId: method.id, type: method.type, reason: input.reason },
    } as const
    return audit.record(event, async () => {
      await adminFor(acting, method.personId)
      if (input.reason === '') throw new AppError('reason-required')
      if (!destinations.has(method.type)) throw new AppError('reveal-not-possible')
      return people.lendSecret(method, (secret) => {
        const { to, extension } = destinationOf(secret)
        return { value: to, extension }
      })
    })
  }

  /**
   * Everything that the desk keeps of the person, as one JSON file; `null` when the file dialog was cancelled. Throws
   * `self-action`, `role-required`, `file-not-written`.
   */
  async export(acting: Acting, personId: PersonId): Promise<{ file: string } | null> {
    const { audit, desktop, clock, writeFile } = this.#parts
    await adminFor(acting, personId)
    const target = await this.#target(acting, personId)
    const file = await desktop.askSaveFile({ name: `person-${clock.iso().slice(0, 10)}.json`, extension: 'json' })
    if (file === null) return null

    const event = { action: 'privacy.export', actor: actorOf(acting), target, details: { file } } as const
    await audit.record(event, async (scope) => {
      // The dialog may have been open for long.
      await adminFor(acting, personId)
      const data = await personExport(this.#parts, { ...target, exportedAt: clock.iso() })
      scope.note({ methods: data.methods.length, requests: data.requests.length, auditRows: data.audit.length })
      await writeFile(file, `${JSON.stringify(data, null, 2)}\n`)
    })
    return { file }
  }

  /**
   * Erases a person from the desk: what is stored, then what the audit says of them. The approver agrees under their own bind.
   * Throws `request-exists` while a case is open, `reason-required`, `self-action`, `role-required`, and what
   * {@link Approvals.confirm} throws.
   */
  async erase(
    acting: Acting,
    input: { readonly personId: PersonId; readonly reason: string; readonly approver: ApproverCredentials },
  ): Promise<Erasure> {
    const { personId, reason, approver } = input
    const { stores, audit, approvals, clock, emit } = this.#parts
    const event = {
      action: 'privacy.erase',
      actor: actorOf(acting),
      target: await this.#target(acting, personId),
      details: { reason },
    } as const
    this.#erasing.add(personId)
    try {
      return await audit.record(event, async (scope) => {
        const operator = await adminFor(acting, personId)
        if (reason === '') throw new AppError('reason-required')
        await approvals.confirm({ agentId: operator.id, targetId: personId }, approver, scope)
        const at = clock.iso()
        const counts = await stores.erasures.erase(personId, at)
        scope.note({ ...counts })
        await this.#eraseFromAuditOrLater(personId, at, scope)
        return counts
      })
    } finally {
      this.#erasing.delete(personId)
      emit('queue-changed', { requestId: null })
      emit('intake-changed', {})
      emit('approvals-changed', {})
    }
  }

  /**
   * Takes people out of this desk's audit who were erased at another desk, or here before the app died. Called at the start and
   * each minute; does nothing while the audit is closed. Throws what the store and the audit have against it.
   */
  sweep(): Promise<void> {
    this.#sweeping ??= this.#sweep().finally(() => {
      this.#sweeping = null
    })
    return this.#sweeping
  }

  async #sweep(): Promise<void> {
    const { stores, audit } = this.#parts
    if (audit.closed) return
    for (const { personId, at } of await stores.erasures.since(ever)) {
      if (this.#erasing.has(personId) || audit.hasErased(personId, at)) continue
      const event: AuditEvent = { action: 'privacy.erase', actor: deskActor, target: { id: personId, name: '' } }
      await audit.record(event, (scope) => this.#eraseFromAudit(personId, at, scope))
    }
  }

  /** The person is erased: that the audit could not follow at once is told by its row, and mended by the sweep. */
  async #eraseFromAuditOrLater(personId: PersonId, at: string, scope: AuditScope): Promise<void> {
    try {
      await this.#eraseFromAudit(personId, at, scope)
    } catch (error) {
      this.#parts.log.error({ err: error }, 'an erased person is still named in the audit; it is tried again')
    }
  }

  /** Rows may be emptied when it fails half-way: `indeterminate` explains them to the verifier, a refusal would not. */
  async #eraseFromAudit(personId: PersonId, at: string, scope: AuditScope): Promise<void> {
    scope.indeterminate()
    scope.note({ auditRows: await this.#parts.audit.erase(personId, at) })
    scope.outcome('succeeded')
  }

  /** By the directory's word, else as the latest request had it: people whose data is asked for have often left. */
  async #target(acting: Acting, personId: PersonId): Promise<{ readonly id: PersonId; readonly name: string }> {
    try {
      const { card } = await acting.directory.card(personId)
      return { id: personId, name: card.name }
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'person-not-found') throw error
      const requests = await this.#parts.stores.requests.ofPerson(personId)
      return { id: personId, name: requests.at(-1)?.personName ?? '' }
    }
  }
}

/** The operator, who must be an admin now and somebody else. Throws `role-required`, `self-action`. */
async function adminFor(acting: Acting, personId: PersonId): Promise<Operator> {
  const operator = await acting.current('admin')
  if (operator.id === personId) throw new AppError('self-action')
  return operator
}
