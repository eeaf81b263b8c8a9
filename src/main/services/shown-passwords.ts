import { randomUUID } from 'node:crypto'
import { AppError } from '../../shared/errors'
import type { PersonId } from '../../shared/model/common'
import type { ResetRequest } from '../../shared/model/request'
import type { ShownPassword } from '../../shared/model/reset'
import { spell } from '../domain/spelling'

interface Shown {
  readonly password: string
  readonly agentId: PersonId
  readonly request: ResetRequest
}

/** Temporary passwords that are on the agent's screen now: in memory, until they are dismissed or the session ends. */
export class ShownPasswords {
  readonly #shown = new Map<string, Shown>()

  /** The one answer in which the password leaves main. */
  show(shown: Shown): ShownPassword {
    const resetId = randomUUID()
    this.#shown.set(resetId, shown)
    return { resetId, password: shown.password, spelling: spell(shown.password) }
  }

  /** Throws `not-available` once it is forgotten, or for another agent. */
  get(resetId: string, agentId: PersonId): Shown {
    const shown = this.#shown.get(resetId)
    if (shown === undefined || shown.agentId !== agentId) throw new AppError('not-available')
    return shown
  }

  dismiss(resetId: string, agentId: PersonId): void {
    if (this.#shown.get(resetId)?.agentId === agentId) this.#shown.delete(resetId)
  }

  forget(): void {
    this.#shown.clear()
  }
}
