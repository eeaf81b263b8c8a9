import { shallowRef } from 'vue'
import { defineStore } from 'pinia'
import type { Diagnosis } from '../../../shared/model/diagnosis'
import { unwrap } from '../lib/api'
import { forgetOnSignOut } from '../lib/forget'

/** Why self-service failed, as last diagnosed for each request that was looked at. */
export const useDiagnosisStore = defineStore('diagnosis', () => {
  const ofRequest = shallowRef<Readonly<Record<string, Diagnosis>>>({})

  /** Asks the directory anew; the last diagnosis stays visible meanwhile. */
  async function load(requestId: string): Promise<Diagnosis> {
    const diagnosis = await unwrap(window.api.diagnosis.ofRequest({ requestId }))
    ofRequest.value = { ...ofRequest.value, [requestId]: diagnosis }
    return diagnosis
  }

  forgetOnSignOut(() => {
    ofRequest.value = {}
  })

  return { ofRequest, load }
})
