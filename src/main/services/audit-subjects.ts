import type { ResetRequest } from '../../shared/model/request'
import type { AuditEvent } from '../audit/audit'
import type { Acting } from './session'

/** The desk itself: expiry and other things that nobody did. */
export const deskActor: AuditEvent['actor'] = { id: '', name: 'SSPR Desk' }

export function actorOf({ operator }: Pick<Acting, 'operator'>): AuditEvent['actor'] {
  return { id: operator.id, name: operator.name }
}

/** The person and the request that a row is about. */
export function subjectOf(request: ResetRequest): Required<Pick<AuditEvent, 'target' | 'request'>> {
  return {
    target: { id: request.personId, name: request.personName },
    request: { id: request.id, number: request.number },
  }
}
