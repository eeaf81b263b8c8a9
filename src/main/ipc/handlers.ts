import type { Handlers } from '../../shared/contract'
import type { PreferencesService } from '../services/preferences'
import type { SetupService } from '../services/setup'
import type { Workplace } from '../services/workplace'
import { auditHandlers } from './audit'
import { peopleHandlers } from './people'
import { registrationHandlers } from './registration'
import { requestHandlers } from './requests'
import { resetHandlers } from './reset'
import { sessionHandlers } from './session'
import { settingsHandlers } from './settings'
import { vaultHandlers } from './vault'
import { verificationHandlers } from './verification'

/** An answer for every call of the contract; the operator comes from main's session, never from the input. */
export function createHandlers(setup: SetupService<Workplace>, preferences: PreferencesService): Handlers {
  const desk = (): Workplace => setup.desk()
  return {
    session: sessionHandlers(setup),
    vault: vaultHandlers(setup),
    people: peopleHandlers(desk),
    requests: requestHandlers(desk),
    verification: verificationHandlers(desk),
    registration: registrationHandlers(desk),
    reset: resetHandlers(desk),
    audit: auditHandlers(desk),
    settings: settingsHandlers(desk, preferences),
  }
}
