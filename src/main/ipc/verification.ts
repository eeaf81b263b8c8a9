import type { Handlers } from '../../shared/contract'
import { AppError } from '../../shared/errors'
import type { Workplace } from '../services/workplace'

const readers = ['agent', 'approver', 'admin'] as const

export function verificationHandlers(desk: () => Workplace): Handlers['verification'] {
  const missing = (): never => {
    throw new AppError('not-available')
  }
  return {
    drawQuestions: missing,
    checkAnswers: missing,
    checkKey: missing,
    dial: missing,
    attestCallBack: missing,
    reverseCheck: missing,
    report: missing,
    status: ({ requestId }) =>
      desk().session.withRole(readers, (acting) => desk().verification.status(acting, requestId)),
    sendCode: (input) => desk().session.withOperator((acting) => desk().verification.sendCode(acting, input)),
    checkCode: (input) => desk().session.withOperator((acting) => desk().verification.checkCode(acting, input)),
    attest: ({ requestId, attestation, note }) =>
      desk().session.withOperator((acting) => desk().verification.attest(acting, requestId, attestation, note)),
    decide: (input) => desk().session.withOperator((acting) => desk().verification.decide(acting, input)),
    reopenChecks: (input) => desk().session.withOperator((acting) => desk().verification.reopenChecks(acting, input)),
  }
}
