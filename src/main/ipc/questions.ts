import type { Handlers } from '../../shared/contract'
import type { Workplace } from '../services/workplace'

const readers = ['agent', 'approver', 'admin'] as const

export function questionHandlers(desk: () => Workplace): Handlers['questions'] {
  return {
    catalogue: () => desk().session.withRole(readers, () => desk().questions.catalogue()),
    saveCustom: ({ questions }) =>
      desk().session.withOperator((acting) => desk().questions.saveCustom(acting, questions)),
  }
}
