import type { Handlers } from '../../shared/contract'
import type { Workplace } from '../services/workplace'

const readers = ['agent', 'approver', 'admin'] as const

export function diagnosisHandlers(desk: () => Workplace): Handlers['diagnosis'] {
  return {
    ofRequest: ({ requestId }) =>
      desk().session.withRole(readers, (acting) => desk().diagnosis.ofRequest(acting, requestId)),
    ofPerson: ({ personId }) =>
      desk().session.withRole(readers, (acting) => desk().diagnosis.ofPerson(acting, personId)),
  }
}
