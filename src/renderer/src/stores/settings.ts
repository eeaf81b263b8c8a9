import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { Preferences, SettingsView } from '../../../shared/model/settings'
import { unwrap } from '../lib/api'
import { forgetOnSignOut } from '../lib/forget'
import { languageOf, setLanguage } from '../lib/i18n'

/** What this user prefers, applied to the page, and the facts of the configuration. */
export const useSettingsStore = defineStore('settings', () => {
  const preferences = ref<Preferences>({ language: 'system', theme: 'system' })
  const view = shallowRef<SettingsView | null>(null)

  forgetOnSignOut(() => {
    view.value = null
  })

  function apply(next: Preferences): void {
    preferences.value = next
    setLanguage(languageOf(next.language))
    document.documentElement.dataset['theme'] = next.theme
  }

  async function loadPreferences(): Promise<void> {
    apply(await unwrap(window.api.settings.preferences()))
  }

  /** Applies at once, then keeps; a refusal to keep leaves the screen as it was chosen. */
  async function prefer(change: Partial<Preferences>): Promise<void> {
    const next = { ...preferences.value, ...change }
    apply(next)
    apply(await unwrap(window.api.settings.setPreferences(next)))
  }

  async function load(): Promise<void> {
    view.value = await unwrap(window.api.settings.view())
  }

  return { preferences, view, loadPreferences, prefer, load }
})
