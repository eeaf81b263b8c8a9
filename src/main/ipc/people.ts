import type { Handlers } from '../../shared/contract'
import type { Workplace } from '../services/workplace'

const readers = ['agent', 'approver', 'admin'] as const

export function peopleHandlers(desk: () => Workplace): Handlers['people'] {
  return {
    search: ({ query, limit }) =>
      desk().session.withRole(readers, (acting) => desk().people.search(acting, query, limit)),
    card: ({ personId }) => desk().session.withRole(readers, (acting) => desk().people.card(acting, personId)),
  }
}
