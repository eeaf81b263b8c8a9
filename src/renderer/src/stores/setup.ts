import { shallowRef } from 'vue'
import { defineStore } from 'pinia'
import type { DeskSettings, SecretValues, SettingsSaved } from '../../../shared/model/desk-settings'
import { unwrap } from '../lib/api'
import { useSessionStore } from './session'

/** The end of the first run: settings become the configuration file. Secrets pass through as arguments only. */
export const useSetupStore = defineStore('setup', () => {
  const session = useSessionStore()
  /** A copy that somebody with more rights has to put in place; `null`: there is none. */
  const copy = shallowRef<SettingsSaved | null>(null)

  /** What was written takes effect at once: the next screen follows by phase. */
  async function take(saved: SettingsSaved): Promise<SettingsSaved> {
    copy.value = saved.written ? null : saved
    if (saved.written) await session.refresh()
    return saved
  }

  async function finish(settings: DeskSettings, secrets: SecretValues): Promise<SettingsSaved> {
    return take(await unwrap(window.api.setup.finish({ settings, secrets })))
  }

  /** `null`: the dialog was cancelled. */
  async function chooseFile(): Promise<SettingsSaved | null> {
    const saved = await unwrap(window.api.setup.chooseFile())
    return saved === null ? null : take(saved)
  }

  return { copy, finish, chooseFile }
})
