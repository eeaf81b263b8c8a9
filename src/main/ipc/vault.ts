import type { Handlers } from '../../shared/contract'
import type { SetupService } from '../services/setup'
import type { Workplace } from '../services/workplace'

export function vaultHandlers(setup: SetupService<Workplace>): Handlers['vault'] {
  return {
    create: async ({ passphrase }) => {
      const { recoveryKey } = await setup.createVault(passphrase)
      return { recoveryKey, status: setup.status() }
    },
    protection: async () => ({ kind: await setup.protection() }),
    unlock: async ({ passphrase }) => {
      await setup.unlockVault(passphrase)
      return setup.status()
    },
    recover: async ({ recoveryKey, passphrase }) => {
      await setup.recoverVault(recoveryKey, passphrase)
      return setup.status()
    },
  }
}
