import { ref, shallowRef } from 'vue'
import { defineStore } from 'pinia'
import { unwrap } from '../lib/api'
import { forgetOnSignOut } from '../lib/forget'
import type { Language } from '../../../shared/model/common'
import type { DrawnQuestions, QuestionAnswer } from '../../../shared/model/questions'
import type {
  Attestation,
  CallBackEvidence,
  CheckResult,
  CodeChannel,
  ReverseCheck,
  VerificationStatus,
} from '../../../shared/model/verification'

export interface Credentials {
  readonly userId: string
  readonly password: string
}

/** A number of the directory that a call-back may use. */
type DirectoryField = VerificationStatus['callBackNumbers'][number]['field']

/** What the gate still wants for the open request. Codes, answers and passwords pass through and are never kept here. */
export const useVerificationStore = defineStore('verification', () => {
  const requestId = ref<string | null>(null)
  const status = shallowRef<VerificationStatus | null>(null)
  /** What the caller speaks, as last chosen in this session; `null`: not chosen, the screen's. */
  const callerLanguage = ref<Language | null>(null)

  function take(next: VerificationStatus): VerificationStatus {
    if (next.requestId === requestId.value) status.value = next
    return next
  }

  async function load(id: string): Promise<void> {
    if (requestId.value !== id) status.value = null
    requestId.value = id
    take(await unwrap(window.api.verification.status({ requestId: id })))
  }

  function leave(): void {
    requestId.value = null
    status.value = null
  }

  async function judged(answer: Promise<CheckResult>): Promise<CheckResult> {
    const result = await answer
    take(result.status)
    return result
  }

  /** To the number or address of the method itself: which one that is, main knows alone (DESIGN.md §5.4). */
  async function sendCode(
    id: string,
    methodId: string,
    channel: CodeChannel,
    language: Language,
  ): Promise<VerificationStatus> {
    return take(await unwrap(window.api.verification.sendCode({ requestId: id, methodId, channel, language })))
  }

  function checkCode(id: string, methodId: string, code: string): Promise<CheckResult> {
    return judged(unwrap(window.api.verification.checkCode({ requestId: id, methodId, code })))
  }

  function drawQuestions(id: string, methodId: string): Promise<DrawnQuestions> {
    return unwrap(window.api.verification.drawQuestions({ requestId: id, methodId }))
  }

  function checkAnswers(
    id: string,
    methodId: string,
    drawId: string,
    answers: readonly QuestionAnswer[],
  ): Promise<CheckResult> {
    const input = { requestId: id, methodId, drawId, answers: [...answers] }
    return judged(unwrap(window.api.verification.checkAnswers(input)))
  }

  /** Answers when the key was touched, or given up. */
  function checkKey(id: string, methodId: string): Promise<CheckResult> {
    return judged(unwrap(window.api.verification.checkKey({ requestId: id, methodId })))
  }

  /** Main hands the number to the telephone program: it is never here. */
  async function dial(
    id: string,
    about: { readonly methodId: string } | { readonly field: DirectoryField },
  ): Promise<void> {
    await unwrap(window.api.verification.dial({ requestId: id, methodId: null, field: null, ...about }))
  }

  async function attestCallBack(
    id: string,
    methodId: string,
    evidence: CallBackEvidence,
    note: string,
  ): Promise<VerificationStatus> {
    return take(await unwrap(window.api.verification.attestCallBack({ requestId: id, methodId, evidence, note })))
  }

  /** The code is in the answer alone, for the dialog that shows it. */
  async function reverseCheck(
    id: string,
    methodId: string,
    channel: CodeChannel,
    language: Language,
  ): Promise<Omit<ReverseCheck, 'status'>> {
    const input = { requestId: id, methodId, channel, language }
    const { status: next, ...shown } = await unwrap(window.api.verification.reverseCheck(input))
    take(next)
    return shown
  }

  async function report(id: string, reason: string): Promise<VerificationStatus> {
    return take(await unwrap(window.api.verification.report({ requestId: id, reason })))
  }

  async function attest(id: string, attestation: Attestation, note: string): Promise<VerificationStatus> {
    return take(await unwrap(window.api.verification.attest({ requestId: id, attestation, note })))
  }

  async function decide(
    id: string,
    proofId: string,
    decision: { readonly approve: boolean; readonly reason: string; readonly approver: Credentials },
  ): Promise<VerificationStatus> {
    return take(await unwrap(window.api.verification.decide({ requestId: id, proofId, ...decision })))
  }

  async function reopenChecks(id: string, reason: string, approver: Credentials): Promise<VerificationStatus> {
    return take(await unwrap(window.api.verification.reopenChecks({ requestId: id, reason, approver })))
  }

  forgetOnSignOut(() => {
    leave()
    callerLanguage.value = null
  })

  return {
    requestId,
    status,
    callerLanguage,
    load,
    leave,
    sendCode,
    checkCode,
    drawQuestions,
    checkAnswers,
    checkKey,
    dial,
    attestCallBack,
    reverseCheck,
    report,
    attest,
    decide,
    reopenChecks,
  }
})
