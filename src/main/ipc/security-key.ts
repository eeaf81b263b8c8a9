import type { Handlers } from '../../shared/contract'
import type { Workplace } from '../services/workplace'

export function securityKeyHandlers(desk: () => Workplace): Handlers['securityKey'] {
  return {
    availability: () => desk().session.withOperator(() => desk().securityKeys.availability()),
    state: () => desk().session.withOperator(() => desk().securityKeys.state()),
    pin: ({ pin }) =>
      desk().session.withOperator(() => {
        desk().securityKeys.pin(pin)
        return undefined
      }),
    cancel: () =>
      desk().session.withOperator(() => {
        desk().securityKeys.cancel()
        return undefined
      }),
  }
}
