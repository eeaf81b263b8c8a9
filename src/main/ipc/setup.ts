import type { Handlers } from '../../shared/contract'
import type { DeskSettingsService } from '../services/desk-settings'

export function setupHandlers(deskSettings: DeskSettingsService): Handlers['setup'] {
  return {
    finish: ({ settings, secrets }) => deskSettings.finish(settings, secrets),
    chooseFile: () => deskSettings.chooseFile(),
  }
}
