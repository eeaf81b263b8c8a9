import { approvals as enApprovals } from './en/approvals'
import { imports as enImports } from './en/imports'
import { privacy as enPrivacy } from './en/privacy'
import { questions as enQuestions } from './en/questions'
import { securityKey as enSecurityKey } from './en/security-key'
import { threat as enThreat } from './en/threat'
import { audit as enAudit } from './en/audit'
import { call as enCall } from './en/call'
import { common as enCommon } from './en/common'
import { connections as enConnections } from './en/connections'
import { diagnosis as enDiagnosis } from './en/diagnosis'
import { errors as enErrors } from './en/errors'
import { health as enHealth } from './en/health'
import { intake as enIntake } from './en/intake'
import { messages as enMessages } from './en/messages'
import { palette as enPalette } from './en/palette'
import { people as enPeople } from './en/people'
import { registration as enRegistration } from './en/registration'
import { requests as enRequests } from './en/requests'
import { reset as enReset } from './en/reset'
import { session as enSession } from './en/session'
import { settings as enSettings } from './en/settings'
import { setup as enSetup } from './en/setup'
import { shell as enShell } from './en/shell'
import { verification as enVerification } from './en/verification'
import { approvals as jaApprovals } from './ja/approvals'
import { imports as jaImports } from './ja/imports'
import { privacy as jaPrivacy } from './ja/privacy'
import { questions as jaQuestions } from './ja/questions'
import { securityKey as jaSecurityKey } from './ja/security-key'
import { threat as jaThreat } from './ja/threat'
import { audit as jaAudit } from './ja/audit'
import { call as jaCall } from './ja/call'
import { common as jaCommon } from './ja/common'
import { connections as jaConnections } from './ja/connections'
import { diagnosis as jaDiagnosis } from './ja/diagnosis'
import { errors as jaErrors } from './ja/errors'
import { health as jaHealth } from './ja/health'
import { intake as jaIntake } from './ja/intake'
import { messages as jaMessages } from './ja/messages'
import { palette as jaPalette } from './ja/palette'
import { people as jaPeople } from './ja/people'
import { registration as jaRegistration } from './ja/registration'
import { requests as jaRequests } from './ja/requests'
import { reset as jaReset } from './ja/reset'
import { session as jaSession } from './ja/session'
import { settings as jaSettings } from './ja/settings'
import { setup as jaSetup } from './ja/setup'
import { shell as jaShell } from './ja/shell'
import { verification as jaVerification } from './ja/verification'

/** Every catalogue by language. A Japanese one is typed by its English twin: a missing or surplus key does not compile. */
export const messages = {
  en: {
    approvals: enApprovals,
    imports: enImports,
    privacy: enPrivacy,
    questions: enQuestions,
    securityKey: enSecurityKey,
    threat: enThreat,
    audit: enAudit,
    call: enCall,
    common: enCommon,
    connections: enConnections,
    diagnosis: enDiagnosis,
    errors: enErrors,
    health: enHealth,
    intake: enIntake,
    messages: enMessages,
    palette: enPalette,
    people: enPeople,
    registration: enRegistration,
    requests: enRequests,
    reset: enReset,
    session: enSession,
    settings: enSettings,
    setup: enSetup,
    shell: enShell,
    verification: enVerification,
  },
  ja: {
    approvals: jaApprovals,
    imports: jaImports,
    privacy: jaPrivacy,
    questions: jaQuestions,
    securityKey: jaSecurityKey,
    threat: jaThreat,
    audit: jaAudit,
    call: jaCall,
    common: jaCommon,
    connections: jaConnections,
    diagnosis: jaDiagnosis,
    errors: jaErrors,
    health: jaHealth,
    intake: jaIntake,
    messages: jaMessages,
    palette: jaPalette,
    people: jaPeople,
    registration: jaRegistration,
    requests: jaRequests,
    reset: jaReset,
    session: jaSession,
    settings: jaSettings,
    setup: jaSetup,
    shell: jaShell,
    verification: jaVerification,
  },
}
