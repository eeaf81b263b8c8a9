import type { Handlers } from '../../shared/contract'
import type { Workplace } from '../services/workplace'

export function healthHandlers(desk: () => Workplace): Handlers['health'] {
  return {
    status: () => desk().session.withOperator(() => desk().health.status()),
    check: () => desk().session.withOperator(() => desk().health.check()),
  }
}
