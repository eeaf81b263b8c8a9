import type { Handlers } from '../../shared/contract'
import type { Workplace } from '../services/workplace'

const readers = ['agent', 'approver', 'admin'] as const

export function verificationHandlers(desk: () => Workplace): Handlers['verification'] {
  return {
    status: ({ requestId }) =>
      desk().session.withRole(readers, (acting) => desk().verification.status(acting, requestId)),
    sendCode: (input) => desk().session.withOperator((acting) => desk().verification.codes.send(acting, input)),
    checkCode: (input) => desk().session.withOperator((acting) => desk().verification.codes.check(acting, input)),
    reverseCheck: (input) => desk().session.withOperator((acting) => desk().verification.codes.reverse(acting, input)),
    drawQuestions: (input) =>
      desk().session.withOperator((acting) => desk().verification.questions.draw(acting, input)),
    checkAnswers: (input) =>
      desk().session.withOperator((acting) => desk().verification.questions.check(acting, input)),
    checkKey: (input) => desk().session.withOperator((acting) => desk().verification.keys.check(acting, input)),
    dial: (input) =>
      desk().session.withOperator(async (acting) => {
        await desk().verification.callBacks.dial(acting, input)
        return undefined
      }),
    attestCallBack: (input) =>
      desk().session.withOperator((acting) => desk().verification.callBacks.attest(acting, input)),
    attest: ({ requestId, attestation, note }) =>
      desk().session.withOperator((acting) => desk().verification.attest(acting, requestId, attestation, note)),
    decide: (input) => desk().session.withOperator((acting) => desk().verification.decide(acting, input)),
    report: ({ requestId, reason }) =>
      desk().session.withOperator((acting) => desk().verification.report(acting, requestId, reason)),
    reopenChecks: (input) => desk().session.withOperator((acting) => desk().verification.reopenChecks(acting, input)),
  }
}
