import type { Handlers } from '../../shared/contract'
import type { Workplace } from '../services/workplace'

export function threatHandlers(desk: () => Workplace): Handlers['threat'] {
  return {
    get: () => desk().session.withOperator(() => desk().threat.get()),
    set: ({ heightened, reason }) =>
      desk().session.withOperator((acting) => desk().threat.set(acting, heightened, reason)),
  }
}
