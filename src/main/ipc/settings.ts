import type { Handlers } from '../../shared/contract'
import type { PreferencesService } from '../services/preferences'
import type { Workplace } from '../services/workplace'

/** Language and theme are there before anybody signs in: the first screen needs them. */
export function settingsHandlers(desk: () => Workplace, preferences: PreferencesService): Handlers['settings'] {
  return {
    view: () => desk().session.withOperator((acting) => desk().settings.view(acting)),
    preferences: () => preferences.get(),
    setPreferences: (chosen) => preferences.set(chosen),
  }
}
