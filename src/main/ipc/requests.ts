import type { Handlers } from '../../shared/contract'
import type { Workplace } from '../services/workplace'

const readers = ['agent', 'approver', 'admin', 'auditor'] as const

/** Changes read the operator's roles anew inside the audit, so that a refusal is recorded too; reading needs no more than these. */
export function requestHandlers(desk: () => Workplace): Handlers['requests'] {
  return {
    list: (listing) => desk().session.withRole(readers, (acting) => desk().requests.list(acting, listing)),
    get: ({ requestId }) => desk().session.withRole(readers, () => desk().requests.get(requestId)),
    create: (input) => desk().session.withOperator((acting) => desk().requests.create(acting, input)),
    claim: (seen) => desk().session.withOperator((acting) => desk().requests.claim(acting, seen)),
    release: (seen) => desk().session.withOperator((acting) => desk().requests.release(acting, seen)),
    handOver: ({ operatorId, note, ...seen }) =>
      desk().session.withOperator((acting) => desk().requests.handOver(acting, seen, operatorId, note)),
    addNote: ({ requestId, text }) =>
      desk().session.withOperator((acting) => desk().requests.addNote(acting, requestId, text)),
    complete: ({ reason, ...seen }) =>
      desk().session.withOperator((acting) => desk().requests.complete(acting, seen, reason)),
    refuse: ({ reason, ...seen }) =>
      desk().session.withOperator((acting) => desk().requests.refuse(acting, seen, reason)),
    refuseMany: ({ requests, reason }) =>
      desk().session.withOperator((acting) => desk().requests.refuseMany(acting, requests, reason)),
    views: () => desk().session.withRole(readers, (acting) => desk().requests.views(acting)),
    saveView: (view) => desk().session.withRole(readers, (acting) => desk().requests.saveView(acting, view)),
    removeView: ({ viewId }) =>
      desk().session.withRole(readers, (acting) => desk().requests.removeView(acting, viewId)),
    reopen: ({ reason, ...seen }) =>
      desk().session.withOperator((acting) => desk().requests.reopen(acting, seen, reason)),
    operators: () => desk().session.withRole(readers, (acting) => desk().requests.operators(acting)),
  }
}
