import { AppError } from '../../shared/errors'
import type {
  ConnectionTrial,
  DirectoryEntry,
  DirectoryProbe,
  DirectorySettings,
  MailboxSettings,
  SecretValues,
  SmsSettings,
} from '../../shared/model/desk-settings'

/**
 * Try-outs of what is about to be set up. Open while the desk has no configuration that works; afterwards `assertMay` lets only
 * an admin at the desk pass.
 */
export class ConnectionsService {
  async probe(_address: string, _ca: string | null): Promise<DirectoryProbe> {
    throw new AppError('not-available')
  }

  async chooseAuthority(): Promise<{ pem: string; fingerprint: string } | null> {
    throw new AppError('not-available')
  }

  async signIn(
    _directory: DirectorySettings,
    _credentials: { readonly userId: string; readonly password: string },
  ): Promise<{ name: string; kind: string; peopleBase: string }> {
    throw new AppError('not-available')
  }

  async groups(_query: string): Promise<DirectoryEntry[]> {
    throw new AppError('not-available')
  }

  async bases(_query: string): Promise<DirectoryEntry[]> {
    throw new AppError('not-available')
  }

  async mailbox(_mailbox: MailboxSettings, _password: string | null): Promise<ConnectionTrial> {
    throw new AppError('not-available')
  }

  async sms(_sms: SmsSettings, _secrets: SecretValues, _number: string): Promise<ConnectionTrial> {
    throw new AppError('not-available')
  }
}
