import { audit as enAudit } from './en/audit'
import { common as enCommon } from './en/common'
import { errors as enErrors } from './en/errors'
import { people as enPeople } from './en/people'
import { registration as enRegistration } from './en/registration'
import { requests as enRequests } from './en/requests'
import { reset as enReset } from './en/reset'
import { session as enSession } from './en/session'
import { settings as enSettings } from './en/settings'
import { setup as enSetup } from './en/setup'
import { shell as enShell } from './en/shell'
import { verification as enVerification } from './en/verification'
import { audit as jaAudit } from './ja/audit'
import { common as jaCommon } from './ja/common'
import { errors as jaErrors } from './ja/errors'
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
    audit: enAudit,
    common: enCommon,
    errors: enErrors,
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
    audit: jaAudit,
    common: jaCommon,
    errors: jaErrors,
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
