import type { Handlers } from '../../shared/contract'
import type { ConnectionsService } from '../services/connections'
import type { DeskSettingsService } from '../services/desk-settings'
import type { PreferencesService } from '../services/preferences'
import type { SetupService } from '../services/setup'
import type { Workplace } from '../services/workplace'
import { approvalHandlers } from './approvals'
import { auditHandlers } from './audit'
import { connectionHandlers } from './connections'
import { diagnosisHandlers } from './diagnosis'
import { healthHandlers } from './health'
import { importHandlers } from './imports'
import { intakeHandlers } from './intake'
import { peopleHandlers } from './people'
import { privacyHandlers } from './privacy'
import { questionHandlers } from './questions'
import { registrationHandlers } from './registration'
import { requestHandlers } from './requests'
import { resetHandlers } from './reset'
import { securityKeyHandlers } from './security-key'
import { sessionHandlers } from './session'
import { settingsHandlers } from './settings'
import { setupHandlers } from './setup'
import { threatHandlers } from './threat'
import { vaultHandlers } from './vault'
import { verificationHandlers } from './verification'

/** An answer for every call of the contract; the operator comes from main's session, never from the input. */
export function createHandlers(services: {
  readonly setup: SetupService<Workplace>
  readonly preferences: PreferencesService
  readonly connections: ConnectionsService
  readonly deskSettings: DeskSettingsService
}): Handlers {
  const { setup, preferences, connections, deskSettings } = services
  const desk = (): Workplace => setup.desk()
  return {
    session: sessionHandlers(setup),
    vault: vaultHandlers(setup),
    people: peopleHandlers(desk),
    requests: requestHandlers(desk),
    verification: verificationHandlers(desk),
    registration: registrationHandlers(desk),
    approvals: approvalHandlers(desk),
    threat: threatHandlers(desk),
    securityKey: securityKeyHandlers(desk),
    questions: questionHandlers(desk),
    imports: importHandlers(desk),
    privacy: privacyHandlers(desk),
    reset: resetHandlers(desk),
    audit: auditHandlers(desk),
    settings: settingsHandlers(desk, preferences, deskSettings),
    intake: intakeHandlers(desk),
    diagnosis: diagnosisHandlers(desk),
    health: healthHandlers(desk),
    connections: connectionHandlers(connections),
    setup: setupHandlers(deskSettings),
  }
}
