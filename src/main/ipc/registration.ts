import type { Handlers } from '../../shared/contract'
import type { Workplace } from '../services/workplace'

const readers = ['agent', 'approver', 'admin'] as const

export function registrationHandlers(desk: () => Workplace): Handlers['registration'] {
  return {
    list: ({ personId }) => desk().session.withRole(readers, (acting) => desk().registration.list(acting, personId)),
    startApp: (input) => desk().session.withOperator((acting) => desk().registration.startApp(acting, input)),
    startPhone: (input) => desk().session.withOperator((acting) => desk().registration.startPhone(acting, input)),
    startMail: (input) => desk().session.withOperator((acting) => desk().registration.startMail(acting, input)),
    startConfirmation: (input) =>
      desk().session.withOperator((acting) => desk().registration.startConfirmation(acting, input)),
    startQuestions: (input) =>
      desk().session.withOperator((acting) => desk().registration.startQuestions(acting, input)),
    startKey: (input) => desk().session.withOperator((acting) => desk().registration.startKey(acting, input)),
    confirm: ({ enrolmentId, code }) =>
      desk().session.withOperator((acting) => desk().registration.confirm(acting, enrolmentId, code)),
    enrolment: ({ enrolmentId }) =>
      desk().session.withOperator((acting) => desk().registration.enrolment(acting, enrolmentId)),
    resend: ({ enrolmentId, channel }) =>
      desk().session.withOperator((acting) => desk().registration.resend(acting, enrolmentId, channel)),
    saveAnswers: ({ enrolmentId, answers }) =>
      desk().session.withOperator((acting) => desk().registration.saveAnswers(acting, enrolmentId, answers)),
    createKey: ({ enrolmentId }) =>
      desk().session.withOperator((acting) => desk().registration.createKey(acting, enrolmentId)),
    cancel: ({ enrolmentId }) =>
      desk().session.withOperator((acting) => {
        desk().registration.cancel(acting, enrolmentId)
        return undefined
      }),
    rename: (input) => desk().session.withOperator((acting) => desk().registration.rename(acting, input)),
    setDefault: (input) => desk().session.withOperator((acting) => desk().registration.setDefault(acting, input)),
    remove: (input) => desk().session.withOperator((acting) => desk().registration.remove(acting, input)),
  }
}
