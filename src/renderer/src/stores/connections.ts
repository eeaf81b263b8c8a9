import { shallowRef } from 'vue'
import { defineStore } from 'pinia'
import type { Answer } from '../../../shared/contract'
import type { Language } from '../../../shared/model/common'
import type {
  ConnectionTrial,
  DirectoryEntry,
  DirectoryProbe,
  DirectorySettings,
  MailboxSettings,
  MailOutSettings,
  SecretValues,
  SmsSettings,
  TrialState,
  VoiceSettings,
} from '../../../shared/model/desk-settings'
import type { CodeChannel } from '../../../shared/model/verification'
import { toAppError, unwrap } from '../lib/api'
import { forgetOnSignOut } from '../lib/forget'

export type LookedUpAs = Answer<'connections', 'signIn'>

/** Try-outs of what is about to be set up. Passwords and keys pass through as arguments and are never kept here. */
export const useConnectionsStore = defineStore('connections', () => {
  /** As whom bases and groups are looked up during the set-up; `null`: as the admin at the desk. */
  const lookedUpAs = shallowRef<LookedUpAs | null>(null)

  function probe(address: string, ca: string | null): Promise<DirectoryProbe> {
    return unwrap(window.api.connections.probe({ address, ca }))
  }

  function chooseAuthority(): Promise<Answer<'connections', 'chooseAuthority'>> {
    return unwrap(window.api.connections.chooseAuthority())
  }

  async function signIn(
    directory: DirectorySettings,
    credentials: { readonly userId: string; readonly password: string },
  ): Promise<LookedUpAs> {
    const as = await unwrap(window.api.connections.signIn({ directory, credentials }))
    lookedUpAs.value = as
    return as
  }

  /** Main keeps the sign-in of the set-up for ten minutes; after that the screen must ask again. */
  async function lookUp(answer: Promise<DirectoryEntry[]>): Promise<DirectoryEntry[]> {
    try {
      return await answer
    } catch (error) {
      if (toAppError(error).code === 'not-signed-in') lookedUpAs.value = null
      throw error
    }
  }

  function groups(query: string): Promise<DirectoryEntry[]> {
    return lookUp(unwrap(window.api.connections.groups({ query })))
  }

  function bases(query: string): Promise<DirectoryEntry[]> {
    return lookUp(unwrap(window.api.connections.bases({ query })))
  }

  function mailbox(settings: MailboxSettings, password: string | null): Promise<ConnectionTrial> {
    return unwrap(window.api.connections.mailbox({ mailbox: settings, password }))
  }

  function sms(settings: SmsSettings, secrets: SecretValues, number: string): Promise<ConnectionTrial> {
    return unwrap(window.api.connections.sms({ sms: settings, secrets, number }))
  }

  function voice(
    settings: VoiceSettings,
    secrets: SecretValues,
    number: string,
    language: Language,
  ): Promise<ConnectionTrial> {
    return unwrap(window.api.connections.voice({ voice: settings, secrets, number, language }))
  }

  function mailOut(
    settings: MailOutSettings,
    password: string | null,
    address: string,
    language: Language,
  ): Promise<ConnectionTrial> {
    return unwrap(window.api.connections.mailOut({ mailOut: settings, password, address, language }))
  }

  /** What became of the message or call that was tried last. */
  function trialState(channel: CodeChannel): Promise<TrialState> {
    return unwrap(window.api.connections.trialState({ channel }))
  }

  forgetOnSignOut(() => {
    lookedUpAs.value = null
  })

  return { lookedUpAs, probe, chooseAuthority, signIn, groups, bases, mailbox, sms, voice, mailOut, trialState }
})
