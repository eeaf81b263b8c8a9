import type { Handlers } from '../../shared/contract'
import type { Workplace } from '../services/workplace'

const readers = ['agent', 'approver', 'admin'] as const

export function registrationHandlers(desk: () => Workplace): Handlers['registration'] {
  return {
    list: ({ personId }) => desk().session.withRole(readers, () => desk().registration.list(personId)),
    startApp: (input) => desk().session.withOperator((acting) => desk().registration.startApp(acting, input)),
    confirmApp: ({ enrolmentId, code }) =>
      desk().session.withOperator((acting) => desk().registration.confirmApp(acting, enrolmentId, code)),
    startPhone: (input) => desk().session.withOperator((acting) => desk().registration.startPhone(acting, input)),
    resendPhone: ({ enrolmentId }) =>
      desk().session.withOperator((acting) => desk().registration.resendPhone(acting, enrolmentId)),
    confirmPhone: ({ enrolmentId, code }) =>
      desk().session.withOperator((acting) => desk().registration.confirmPhone(acting, enrolmentId, code)),
    cancelPhone: ({ enrolmentId }) =>
      desk().session.withOperator((acting) => {
        desk().registration.cancelPhone(acting, enrolmentId)
        return undefined
      }),
    remove: (input) => desk().session.withOperator((acting) => desk().registration.remove(acting, input)),
    cancelApp: ({ enrolmentId }) =>
      desk().session.withOperator((acting) => {
        desk().registration.cancelApp(acting, enrolmentId)
        return undefined
      }),
  }
}
