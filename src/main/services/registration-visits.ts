import type { PersonId } from '../../shared/model/common'
import type { Operator } from '../../shared/model/operator'
import type { PersonCard } from '../../shared/model/person'
import type { identityDocuments } from '../../shared/model/verification'
import type { AuditDetails, AuditEvent, AuditRecorder, AuditScope } from '../audit/audit'
import type { DirectoryPerson } from '../directory/directory'
import type { MethodStore, StoredMethod } from '../stores/stores'
import type { Approvals, ApproverCredentials } from './approvals'
import { actorOf } from './audit-subjects'
import { assertMayEnrol, assertNotOneself } from './registration-rules'
import type { Acting } from './session'

interface VisitParts {
  readonly methods: MethodStore
  readonly approvals: Approvals
  readonly audit: AuditRecorder
}

/** Whose identity was checked, by which document, and who agrees. */
export interface IdentityCheck {
  readonly personId: PersonId
  readonly document: (typeof identityDocuments)[number]
  readonly approver: ApproverCredentials
}

interface VisitEvent {
  readonly action: AuditEvent['action']
  readonly details: AuditDetails
  /** A method ends: also for somebody whose account is disabled or expired. */
  readonly ending?: true
}

/** A person who stands at the desk, as directory and store have them now. */
export interface Visit {
  readonly operator: Operator
  readonly card: PersonCard
  readonly numbers: DirectoryPerson['numbers']
  readonly registered: readonly StoredMethod[]
  readonly scope: AuditScope
}

/**
 * Everything that changes what is registered for a person at the desk: the person stands there, the agent checked a document, an approver
 * agrees under their own bind, and the audit has it (DESIGN.md §5.4).
 */
export class Visits {
  readonly #parts: VisitParts

  constructor(parts: VisitParts) {
    this.#parts = parts
  }

  /**
   * `prepare` refuses all that can be refused before the approver types a password; `finish` runs once they agreed. Throws `self-action`,
   * `action-blocked {reason}`, as {@link Approvals}, and what the two throw.
   */
  async record<P, T>(
    acting: Acting,
    check: IdentityCheck,
    event: VisitEvent,
    prepare: (visit: Visit) => Promise<P> | P,
    finish: (visit: Visit, prepared: P) => Promise<T> | T,
  ): Promise<T> {
    const { audit, approvals, methods } = this.#parts
    const { card, numbers } = await acting.directory.card(check.personId)
    return audit.record(
      {
        action: event.action,
        actor: actorOf(acting),
        target: { id: card.id, name: card.name },
        details: { ...event.details, document: check.document },
      },
      async (scope) => {
        const operator = await acting.current('agent')
        if (event.ending === true) assertNotOneself(operator.id, card)
        else assertMayEnrol(operator.id, card)
        const visit: Visit = { operator, card, numbers, registered: await methods.ofPerson(card.id), scope }
        const prepared = await prepare(visit)
        await approvals.confirm({ agentId: operator.id, targetId: card.id }, check.approver, scope)
        return finish(visit, prepared)
      },
    )
  }
}
