import type { Handlers } from '../../shared/contract'
import type { Workplace } from '../services/workplace'

/** Full numbers, everything about somebody, and ending it: an admin's, and never an agent's with a caller on the line. */
const admins = ['admin'] as const

export function privacyHandlers(desk: () => Workplace): Handlers['privacy'] {
  return {
    reveal: (input) => desk().session.withRole(admins, (acting) => desk().privacy.reveal(acting, input)),
    export: ({ personId }) => desk().session.withRole(admins, (acting) => desk().privacy.export(acting, personId)),
    erase: (input) => desk().session.withRole(admins, (acting) => desk().privacy.erase(acting, input)),
  }
}
