import { AppError } from '../../shared/errors'
import type { Threat } from '../../shared/model/threat'
import type { AuditRecorder } from '../audit/audit'
import type { Clock } from '../clock'
import type { ThreatStore } from '../stores/stores'
import { actorOf } from './audit-subjects'
import type { Emit } from './events'
import type { Acting } from './session'

interface ThreatParts {
  readonly threat: ThreatStore
  readonly audit: AuditRecorder
  readonly clock: Clock
  readonly emit: Emit
}

/** The switch for heightened threat: at every desk on the same store, from the next look at a case on. */
export class ThreatService {
  readonly #parts: ThreatParts

  constructor(parts: ThreatParts) {
    this.#parts = parts
  }

  /** Throws `store-tampered`. */
  get(): Promise<Threat> {
    return this.#parts.threat.get()
  }

  /** By an admin, with a reason either way. Throws `role-required`, `reason-required`, `threat-changed` when somebody was first. */
  set(acting: Acting, heightened: boolean, reason: string): Promise<Threat> {
    const { threat, audit, clock, emit } = this.#parts
    const details = { heightened, reason }
    return audit.record({ action: 'threat.set', actor: actorOf(acting), details }, async () => {
      const operator = await acting.current('admin')
      if (reason.trim() === '') throw new AppError('reason-required')
      const before = await threat.get()
      if (before.heightened === heightened) throw new AppError('threat-changed')
      const after = { heightened, reason, changedAt: clock.iso(), changedBy: operator.name }
      if (!(await threat.set(before, after))) throw new AppError('threat-changed')
      emit('threat-changed', {})
      return after
    })
  }
}
