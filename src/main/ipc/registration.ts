import type { Handlers } from '../../shared/contract'
import { AppError } from '../../shared/errors'
import type { Workplace } from '../services/workplace'

const readers = ['agent', 'approver', 'admin'] as const

export function registrationHandlers(desk: () => Workplace): Handlers['registration'] {
  const missing = (): never => {
    throw new AppError('not-available')
  }
  return {
    list: ({ personId }) => desk().session.withRole(readers, () => desk().registration.list(personId)),
    startApp: (input) => desk().session.withOperator((acting) => desk().registration.startApp(acting, input)),
    startPhone: (input) => desk().session.withOperator((acting) => desk().registration.startPhone(acting, input)),
    startMail: missing,
    startConfirmation: missing,
    startQuestions: missing,
    startKey: missing,
    confirm: missing,
    resend: missing,
    saveAnswers: missing,
    createKey: missing,
    cancel: missing,
    rename: missing,
    setDefault: missing,
    remove: (input) => desk().session.withOperator((acting) => desk().registration.remove(acting, input)),
  }
}
