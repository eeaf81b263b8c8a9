import type { Handlers } from '../../shared/contract'
import type { Workplace } from '../services/workplace'

export function approvalHandlers(desk: () => Workplace): Handlers['approvals'] {
  return {
    list: () => desk().session.withRole(['approver'], (acting) => desk().approvals.list(acting)),
    decide: (input) => desk().session.withOperator((acting) => desk().approvals.decide(acting, input)),
  }
}
