import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { DeskSettings, SecretValues, SettingsEdit, SettingsSaved } from '../../../shared/model/desk-settings'
import type { IntakeTemplate, TemplateTrial } from '../../../shared/model/intake'
import type { Preferences, SettingsView } from '../../../shared/model/settings'
import { unwrap } from '../lib/api'
import { forgetOnSignOut } from '../lib/forget'
import { languageOf, setLanguage } from '../lib/i18n'

/** What this user prefers, applied to the page; the configuration and its settings; the mail templates. */
export const useSettingsStore = defineStore('settings', () => {
  const preferences = ref<Preferences>({ language: 'system', theme: 'system', notifications: true })
  const view = shallowRef<SettingsView | null>(null)
  /** For admins: what can be changed, as it is in force. */
  const edit = shallowRef<SettingsEdit | null>(null)
  const templates = shallowRef<readonly IntakeTemplate[] | null>(null)

  forgetOnSignOut(() => {
    view.value = null
    edit.value = null
    templates.value = null
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

  async function loadEdit(): Promise<SettingsEdit> {
    const now = await unwrap(window.api.settings.edit())
    edit.value = now
    return now
  }

  /** Written: main ends the session. Secrets pass through as arguments only. */
  function save(settings: DeskSettings, secrets: SecretValues): Promise<SettingsSaved> {
    return unwrap(window.api.settings.save({ settings, secrets }))
  }

  async function loadTemplates(): Promise<readonly IntakeTemplate[]> {
    const now = await unwrap(window.api.intake.templates())
    templates.value = now
    return now
  }

  function readyTemplates(): Promise<readonly IntakeTemplate[]> {
    return unwrap(window.api.intake.readyTemplates())
  }

  async function saveTemplates(next: readonly IntakeTemplate[]): Promise<readonly IntakeTemplate[]> {
    const now = await unwrap(window.api.intake.saveTemplates({ templates: [...next] }))
    templates.value = now
    return now
  }

  function tryTemplates(raw: string, tried: readonly IntakeTemplate[]): Promise<TemplateTrial> {
    return unwrap(window.api.intake.tryTemplates({ raw, templates: [...tried] }))
  }

  return {
    preferences,
    view,
    edit,
    templates,
    loadPreferences,
    prefer,
    load,
    loadEdit,
    save,
    loadTemplates,
    readyTemplates,
    saveTemplates,
    tryTemplates,
  }
})
