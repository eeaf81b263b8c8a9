import type { Handlers } from '../../shared/contract'
import type { Workplace } from '../services/workplace'

/**
 * Not agents: the audit says what every colleague did and whom everybody asked about. An agent reads the history of a request
 * (docs/decisions/the-gate.md).
 */
const readers = ['auditor', 'admin', 'approver'] as const

export function auditHandlers(desk: () => Workplace): Handlers['audit'] {
  return {
    list: (query) => desk().session.withRole(readers, () => desk().audit.list(query)),
    verify: () => desk().session.withRole(readers, (acting) => desk().audit.verify(acting)),
    saveCopy: () => desk().session.withRole(readers, (acting) => desk().audit.saveCopy(acting)),
  }
}
