import { shallowRef } from 'vue'
import { defineStore } from 'pinia'
import { unwrap } from '../lib/api'
import { forgetOnSignOut } from '../lib/forget'
import type { Language } from '../../../shared/model/common'
import type { AppEnrolment, CodeEnrolment, RegistrationSummary } from '../../../shared/model/registration'
import type { identityDocuments } from '../../../shared/model/verification'
import type { Credentials } from './verification'

/** What the agent and the approver give before a person's methods change. */
export interface IdentityInput {
  readonly document: (typeof identityDocuments)[number]
  readonly approver: Credentials
}

/** A number as the person says it, and the language of the message to it. */
export interface PhoneInput {
  readonly number: string
  readonly language: Language
}

/** What is registered for people. The key of a new authenticator app and a number go to the dialog alone and are never kept here. */
export const useRegistrationStore = defineStore('registration', () => {
  const summaries = shallowRef<Readonly<Record<string, RegistrationSummary>>>({})

  function keep(personId: string, summary: RegistrationSummary): RegistrationSummary {
    summaries.value = { ...summaries.value, [personId]: summary }
    return summary
  }

  async function list(personId: string): Promise<RegistrationSummary> {
    return keep(personId, await unwrap(window.api.registration.list({ personId })))
  }

  function startApp(personId: string, label: string, identity: IdentityInput): Promise<AppEnrolment> {
    const checked = { photoMatches: true, nameMatches: true } as const
    return unwrap(window.api.registration.startApp({ personId, label, ...identity, ...checked }))
  }

  async function remove(personId: string, methodId: string, identity: IdentityInput): Promise<RegistrationSummary> {
    const checked = { photoMatches: true, nameMatches: true } as const
    return keep(personId, await unwrap(window.api.registration.remove({ personId, methodId, ...identity, ...checked })))
  }

  async function confirmApp(personId: string, enrolmentId: string, code: string): Promise<RegistrationSummary> {
    return keep(personId, await unwrap(window.api.registration.confirm({ enrolmentId, code })))
  }

  async function cancelApp(enrolmentId: string): Promise<void> {
    await unwrap(window.api.registration.cancel({ enrolmentId }))
  }

  function startPhone(
    personId: string,
    label: string,
    phone: PhoneInput,
    identity: IdentityInput,
  ): Promise<CodeEnrolment> {
    const checked = { photoMatches: true, nameMatches: true } as const
    return unwrap(window.api.registration.startPhone({ personId, label, ...phone, ...identity, ...checked }))
  }

  function resendPhone(enrolmentId: string): Promise<CodeEnrolment> {
    return unwrap(window.api.registration.resend({ enrolmentId, channel: 'sms' }))
  }

  async function confirmPhone(personId: string, enrolmentId: string, code: string): Promise<RegistrationSummary> {
    return keep(personId, await unwrap(window.api.registration.confirm({ enrolmentId, code })))
  }

  async function cancelPhone(enrolmentId: string): Promise<void> {
    await unwrap(window.api.registration.cancel({ enrolmentId }))
  }

  forgetOnSignOut(() => {
    summaries.value = {}
  })

  return {
    summaries,
    list,
    startApp,
    confirmApp,
    cancelApp,
    startPhone,
    resendPhone,
    confirmPhone,
    cancelPhone,
    remove,
  }
})
