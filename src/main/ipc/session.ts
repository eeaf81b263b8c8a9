import type { Handlers } from '../../shared/contract'
import type { SetupService } from '../services/setup'
import type { Workplace } from '../services/workplace'

export function sessionHandlers(setup: SetupService<Workplace>): Handlers['session'] {
  return {
    status: async () => {
      await setup.lookAgain()
      return setup.status()
    },
    signIn: async ({ userId, password }) => {
      await setup.desk().session.signIn(userId, password)
      return setup.status()
    },
    unlock: async ({ password }) => {
      await setup.desk().session.unlock(password)
      return setup.status()
    },
    lock: () => {
      setup.desk().session.lock('locked')
      return setup.status()
    },
    signOut: () => {
      setup.desk().session.signOut()
      return setup.status()
    },
    touch: () => {
      setup.opened()?.session.touch()
      return undefined
    },
    useSample: async () => {
      await setup.useSample()
      return setup.status()
    },
    openExternal: async ({ url }) => {
      await setup.desk().links.open(url)
      return undefined
    },
  }
}
