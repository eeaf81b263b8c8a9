import { AppError } from '../../shared/errors'
import type { PersonId } from '../../shared/model/common'
import type { AuditScope } from '../audit/audit'
import { assertApprover } from '../domain/verification'
import type { Directory, SignedInPerson } from '../directory/directory'

export interface ApproverCredentials {
  readonly userId: string
  readonly password: string
}

/**
 * A second person agrees at the same desk under their own bind (DESIGN.md §5.3). Their connection is their own, lives for this
 * one question, and takes their password with it.
 */
export class Approvals {
  readonly #directory: Directory
  #asking = false

  constructor(directory: Directory) {
    this.#directory = directory
  }

  /**
   * Answers who approves; the audit row names them, or the user ID that was typed.
   * Throws `sign-in-…` as the directory answers, `approver-without-role`, `approver-is-agent`, `approver-is-target`, and
   * `not-available` while another question is asked: each bind counts towards a lock-out of the approver.
   */
  async confirm(
    parties: { readonly agentId: PersonId; readonly targetId: PersonId },
    credentials: ApproverCredentials,
    scope: AuditScope,
  ): Promise<SignedInPerson> {
    scope.note({ approverUserId: credentials.userId })
    if (this.#asking) throw new AppError('not-available')
    this.#asking = true
    try {
      return await this.#ask(parties, credentials, scope)
    } finally {
      this.#asking = false
    }
  }

  async #ask(
    parties: { readonly agentId: PersonId; readonly targetId: PersonId },
    credentials: ApproverCredentials,
    scope: AuditScope,
  ): Promise<SignedInPerson> {
    const bound = await this.#directory.signIn(credentials.userId, credentials.password)
    try {
      const approver = bound.person
      scope.note({ approverId: approver.id, approverName: approver.name })
      assertApprover({ ...parties, approver: { id: approver.id, roles: await bound.roles() } })
      return approver
    } finally {
      await bound.close()
    }
  }
}
