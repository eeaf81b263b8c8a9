import { shallowRef } from 'vue'
import { defineStore } from 'pinia'
import { AppError } from '../../../shared/errors'
import { unwrap } from '../lib/api'
import { forgetOnSignOut } from '../lib/forget'
import type { Language } from '../../../shared/model/common'
import type { QuestionAnswer } from '../../../shared/model/questions'
import type {
  AppEnrolment,
  CodeEnrolment,
  KeyEnrolment,
  QuestionsEnrolment,
  RegistrationSummary,
} from '../../../shared/model/registration'
import type { CodeChannel, identityDocuments } from '../../../shared/model/verification'
import type { Credentials } from './verification'

/** What the agent and the approver give before a person's methods change. */
export interface IdentityInput {
  readonly document: (typeof identityDocuments)[number]
  readonly approver: Credentials
}

/** A number as the person says it, or the directory's (`offer`), and how the code gets there. */
export interface PhoneInput {
  readonly type: 'mobile' | 'alternative' | 'office'
  readonly number: string
  readonly offer: 'mobile' | 'telephone' | null
  readonly extension: string
  readonly channel: 'sms' | 'voice'
  readonly language: Language
}

/** An address as the person says it, or the directory's. */
export interface MailInput {
  readonly address: string
  readonly offer: 'mail' | null
  readonly language: Language
}

/** A registered method that is proven again, or for the first time; nothing is sent for an app (`channel` null). */
export interface ConfirmationInput {
  readonly methodId: string
  readonly channel: CodeChannel | null
  readonly language: Language
}

const checked = { photoMatches: true, nameMatches: true } as const

/**
 * What is registered for people. Keys of new apps, numbers, addresses, answers and codes go to the dialogs alone and are never kept
 * here.
 */
export const useRegistrationStore = defineStore('registration', () => {
  const summaries = shallowRef<Readonly<Record<string, RegistrationSummary>>>({})
  /** People whose data was erased from this desk, as far as main has said so. */
  const erased = shallowRef<ReadonlySet<string>>(new Set())

  function keep(personId: string, summary: RegistrationSummary): RegistrationSummary {
    if (summary.erased) markErased(personId)
    else summaries.value = { ...summaries.value, [personId]: summary }
    return summary
  }

  /** The person was erased: what was read before must not stay on screen. */
  function markErased(personId: string): void {
    erased.value = new Set([...erased.value, personId])
    summaries.value = Object.fromEntries(Object.entries(summaries.value).filter(([id]) => id !== personId))
  }

  /** Takes over what main answers about a person; a refusal because they were erased is remembered. */
  async function about<T>(personId: string, answer: Promise<T>): Promise<T> {
    try {
      return await answer
    } catch (error) {
      if (error instanceof AppError && error.code === 'person-erased') markErased(personId)
      throw error
    }
  }

  async function changed(
    personId: string,
    answer: ReturnType<typeof window.api.registration.list>,
  ): Promise<RegistrationSummary> {
    return keep(personId, await about(personId, unwrap(answer)))
  }

  function list(personId: string): Promise<RegistrationSummary> {
    return changed(personId, window.api.registration.list({ personId }))
  }

  function startApp(personId: string, label: string, identity: IdentityInput): Promise<AppEnrolment> {
    return about(personId, unwrap(window.api.registration.startApp({ personId, label, ...identity, ...checked })))
  }

  function startPhone(
    personId: string,
    label: string,
    phone: PhoneInput,
    identity: IdentityInput,
  ): Promise<CodeEnrolment> {
    const input = { personId, label, ...phone, ...identity, ...checked }
    return about(personId, unwrap(window.api.registration.startPhone(input)))
  }

  function startMail(
    personId: string,
    label: string,
    mail: MailInput,
    identity: IdentityInput,
  ): Promise<CodeEnrolment> {
    const input = { personId, label, ...mail, ...identity, ...checked }
    return about(personId, unwrap(window.api.registration.startMail(input)))
  }

  function startKey(personId: string, label: string, identity: IdentityInput): Promise<KeyEnrolment> {
    return about(personId, unwrap(window.api.registration.startKey({ personId, label, ...identity, ...checked })))
  }

  function startQuestions(personId: string, identity: IdentityInput): Promise<QuestionsEnrolment> {
    return about(personId, unwrap(window.api.registration.startQuestions({ personId, ...identity, ...checked })))
  }

  function startConfirmation(
    personId: string,
    confirmation: ConfirmationInput,
    identity: IdentityInput,
  ): Promise<CodeEnrolment> {
    const input = { personId, ...confirmation, ...identity, ...checked }
    return about(personId, unwrap(window.api.registration.startConfirmation(input)))
  }

  function confirm(personId: string, enrolmentId: string, code: string): Promise<RegistrationSummary> {
    return changed(personId, window.api.registration.confirm({ enrolmentId, code }))
  }

  /** How the code of an enrolment stands now. */
  function enrolment(enrolmentId: string): Promise<CodeEnrolment> {
    return unwrap(window.api.registration.enrolment({ enrolmentId }))
  }

  function resend(enrolmentId: string, channel: CodeChannel): Promise<CodeEnrolment> {
    return unwrap(window.api.registration.resend({ enrolmentId, channel }))
  }

  function saveAnswers(
    personId: string,
    enrolmentId: string,
    answers: readonly QuestionAnswer[],
  ): Promise<RegistrationSummary> {
    return changed(personId, window.api.registration.saveAnswers({ enrolmentId, answers: [...answers] }))
  }

  /** Answers once the key was touched, or was given up. */
  function createKey(personId: string, enrolmentId: string): Promise<RegistrationSummary> {
    return changed(personId, window.api.registration.createKey({ enrolmentId }))
  }

  async function cancel(enrolmentId: string): Promise<void> {
    await unwrap(window.api.registration.cancel({ enrolmentId }))
  }

  function rename(personId: string, methodId: string, label: string): Promise<RegistrationSummary> {
    return changed(personId, window.api.registration.rename({ personId, methodId, label }))
  }

  function setDefault(personId: string, methodId: string): Promise<RegistrationSummary> {
    return changed(personId, window.api.registration.setDefault({ personId, methodId }))
  }

  function remove(personId: string, methodId: string, identity: IdentityInput): Promise<RegistrationSummary> {
    return changed(personId, window.api.registration.remove({ personId, methodId, ...identity, ...checked }))
  }

  forgetOnSignOut(() => {
    summaries.value = {}
    erased.value = new Set()
  })

  return {
    summaries,
    erased,
    markErased,
    list,
    startApp,
    startPhone,
    startMail,
    startKey,
    startQuestions,
    startConfirmation,
    confirm,
    enrolment,
    resend,
    saveAnswers,
    createKey,
    cancel,
    rename,
    setDefault,
    remove,
  }
})
