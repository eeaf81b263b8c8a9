import type { Handlers } from '../../shared/contract'
import type { Workplace } from '../services/workplace'

export function resetHandlers(desk: () => Workplace): Handlers['reset'] {
  return {
    preview: ({ requestId }) =>
      desk().session.withRole(['agent', 'approver', 'admin'], (acting) => desk().reset.preview(acting, requestId)),
    perform: ({ requestId }) => desk().session.withOperator((acting) => desk().reset.perform(acting, requestId)),
    unlock: ({ requestId }) => desk().session.withOperator((acting) => desk().reset.unlock(acting, requestId)),
    recheck: ({ requestId }) => desk().session.withOperator((acting) => desk().reset.recheck(acting, requestId)),
    copyPassword: ({ resetId }) => desk().session.withOperator((acting) => desk().reset.copyPassword(acting, resetId)),
    dismiss: ({ resetId }) =>
      desk().session.withOperator((acting) => {
        desk().reset.dismiss(acting, resetId)
        return undefined
      }),
  }
}
