import type { Handlers } from '../../shared/contract'
import type { DeskSettingsService } from '../services/desk-settings'
import type { PreferencesService } from '../services/preferences'
import type { Workplace } from '../services/workplace'

/** Language and theme are there before anybody signs in: the first screen needs them. */
export function settingsHandlers(
  desk: () => Workplace,
  preferences: PreferencesService,
  deskSettings: DeskSettingsService,
): Handlers['settings'] {
  return {
    view: () => desk().session.withOperator((acting) => desk().settings.view(acting)),
    edit: () => deskSettings.edit(),
    save: ({ settings, secrets }) => deskSettings.save(settings, secrets),
    preferences: () => preferences.get(),
    setPreferences: (chosen) => preferences.set(chosen),
  }
}
