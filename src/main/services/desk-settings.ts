import { AppError } from '../../shared/errors'
import type { DeskSettings, SecretValues, SettingsEdit, SettingsSaved } from '../../shared/model/desk-settings'

/** Writes the configuration file: at the end of the wizard, and whenever an admin changes a setting. */
export class DeskSettingsService {
  /** The wizard's end. Throws `not-available` where a configuration works already, `config-invalid`. */
  async finish(_settings: DeskSettings, _secrets: SecretValues): Promise<SettingsSaved> {
    throw new AppError('not-available')
  }

  /** An expert's own file in place of the wizard; `null` when the dialog was cancelled. */
  async chooseFile(): Promise<SettingsSaved | null> {
    throw new AppError('not-available')
  }

  /** As the admin at the desk. */
  async edit(): Promise<SettingsEdit> {
    throw new AppError('not-available')
  }

  /** As the admin at the desk; ends the session. Throws `config-invalid`, `config-changed`, `config-not-written`. */
  async save(_settings: DeskSettings, _secrets: SecretValues): Promise<SettingsSaved> {
    throw new AppError('not-available')
  }
}
