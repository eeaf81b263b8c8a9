import { shallowRef } from 'vue'
import { defineStore } from 'pinia'
import { unwrap } from '../lib/api'
import { forgetOnSignOut } from '../lib/forget'
import type { AppEnrolment, RegistrationSummary } from '../../../shared/model/registration'
import type { identityDocuments } from '../../../shared/model/verification'
import type { Credentials } from './verification'

/** What the agent and the approver give before the key is made. */
export interface IdentityInput {
  readonly label: string
  readonly document: (typeof identityDocuments)[number]
  readonly approver: Credentials
}

/** What is registered for people. The key of a new authenticator app goes to the dialog alone and is never kept here. */
export const useRegistrationStore = defineStore('registration', () => {
  const summaries = shallowRef<Readonly<Record<string, RegistrationSummary>>>({})

  function keep(personId: string, summary: RegistrationSummary): RegistrationSummary {
    summaries.value = { ...summaries.value, [personId]: summary }
    return summary
  }

  async function list(personId: string): Promise<RegistrationSummary> {
    return keep(personId, await unwrap(window.api.registration.list({ personId })))
  }

  function startApp(personId: string, input: IdentityInput): Promise<AppEnrolment> {
    return unwrap(window.api.registration.startApp({ personId, ...input, photoMatches: true, nameMatches: true }))
  }

  async function confirmApp(personId: string, enrolmentId: string, code: string): Promise<RegistrationSummary> {
    return keep(personId, await unwrap(window.api.registration.confirmApp({ enrolmentId, code })))
  }

  async function cancelApp(enrolmentId: string): Promise<void> {
    await unwrap(window.api.registration.cancelApp({ enrolmentId }))
  }

  forgetOnSignOut(() => {
    summaries.value = {}
  })

  return { summaries, list, startApp, confirmApp, cancelApp }
})
