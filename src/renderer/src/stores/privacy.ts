import { defineStore } from 'pinia'
import { unwrap } from '../lib/api'
import { useRegistrationStore } from './registration'
import type { Erasure, Revealed } from '../../../shared/model/privacy'
import type { Credentials } from './verification'

/** What admins may do with one person's data. Nothing is kept here: a revealed value goes to its dialog alone. */
export const usePrivacyStore = defineStore('privacy', () => {
  const registration = useRegistrationStore()

  function reveal(methodId: string, reason: string): Promise<Revealed> {
    return unwrap(window.api.privacy.reveal({ methodId, reason }))
  }

  /** The file that was written; `null`: the dialog was cancelled. */
  async function exportPerson(personId: string): Promise<string | null> {
    const saved = await unwrap(window.api.privacy.export({ personId }))
    return saved?.file ?? null
  }

  async function erase(personId: string, reason: string, approver: Credentials): Promise<Erasure> {
    const erasure = await unwrap(window.api.privacy.erase({ personId, reason, approver }))
    registration.markErased(personId)
    return erasure
  }

  return { reveal, exportPerson, erase }
})
