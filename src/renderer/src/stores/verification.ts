import { ref, shallowRef } from 'vue'
import { defineStore } from 'pinia'
import { unwrap } from '../lib/api'
import { forgetOnSignOut } from '../lib/forget'
import type { Language } from '../../../shared/model/common'
import type { Attestation, CheckResult, VerificationStatus } from '../../../shared/model/verification'

export interface Credentials {
  readonly userId: string
  readonly password: string
}

/** What the gate still wants for the open request. Codes and passwords pass through and are never kept here. */
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

  /** To the number of the method itself: which one that is, main knows alone (DESIGN.md §5.4). */
  async function sendCode(id: string, methodId: string, language: Language): Promise<VerificationStatus> {
    return take(await unwrap(window.api.verification.sendCode({ requestId: id, methodId, language })))
  }

  async function checkCode(id: string, methodId: string, code: string): Promise<CheckResult> {
    const result = await unwrap(window.api.verification.checkCode({ requestId: id, methodId, code }))
    take(result.status)
    return result
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

  return { requestId, status, callerLanguage, load, leave, sendCode, checkCode, attest, decide, reopenChecks }
})
