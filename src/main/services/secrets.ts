import type { SecretValues } from '../../shared/model/desk-settings'
import { readSecretFile } from '../config/secret-file'
import type { SecretReader } from '../gateways/code-gateway'
import type { Log } from '../log'
import type { SecretStore } from '../stores/stores'
import type { SecretVault } from '../vault'

interface SecretsParts {
  /** Of the configuration: absolute paths by secret name. */
  readonly files: Readonly<Record<string, string>>
  readonly store: SecretStore
  readonly vault: SecretVault
  readonly log: Log
}

/**
 * Passwords and keys of mailbox and gateway. They come in by a file or through the settings, go out to the gateways alone, and are
 * sealed at rest for this installation and their name. A file wins: whoever runs the machine put it there.
 */
export class SecretsService {
  readonly #parts: SecretsParts

  constructor(parts: SecretsParts) {
    this.#parts = parts
  }

  /** For the gateways; `null` when nobody has set it. Throws `store-tampered`. */
  reader(): SecretReader {
    return (name) => this.#read(name)
  }

  /** Those that have a value, by a file or entered. */
  async names(): Promise<string[]> {
    const { files, store } = this.#parts
    return [...new Set([...Object.keys(files), ...(await store.names())])].toSorted()
  }

  /** Seals what was entered; others keep their value. */
  async set(values: SecretValues): Promise<void> {
    const { store, vault } = this.#parts
    for (const [name, value] of Object.entries(values)) {
      await store.set(name, vault.seal(this.#context(name), new TextEncoder().encode(value)))
    }
  }

  /** Keeps no password of a mailbox or gateway that is not set up any more. */
  async keepOnly(wanted: readonly string[]): Promise<void> {
    const { store } = this.#parts
    for (const name of await store.names()) {
      if (!wanted.includes(name)) await store.remove(name)
    }
  }

  async #read(name: string): Promise<string | null> {
    const { files, store, vault, log } = this.#parts
    const file = files[name]
    if (file !== undefined) {
      // Read anew each time: whoever changes a password changes the file, not the app.
      const answer = readSecretFile(file)
      if ('secret' in answer) return answer.secret
      log.error({ file, problem: answer.problem }, 'a secret could not be read from its file')
      return null
    }
    const sealed = await store.get(name)
    return sealed === null ? null : new TextDecoder().decode(vault.open(this.#context(name), sealed))
  }

  #context(name: string): string {
    return `gateway-secret|${this.#parts.vault.installationId}|${name}`
  }
}

/**
 * What was entered before there was a vault to seal it in: in main's memory until the desk opens, and forgotten with the app. It
 * waits for the one configuration that it was entered with (`fileHash`): with another one it would go to other servers, or take the
 * place of what was entered for them.
 */
export class WaitingSecrets {
  #values: SecretValues = {}
  #configHash = ''

  /** What waited for another configuration is forgotten. */
  keep(values: SecretValues, configHash: string): void {
    this.#values = configHash === this.#configHash ? { ...this.#values, ...values } : values
    this.#configHash = configHash
  }

  /** Seals them, if this is their configuration; they wait on if that fails. */
  async sealIn(secrets: Pick<SecretsService, 'set'>, configHash: string): Promise<void> {
    const values = this.#values
    if (configHash !== this.#configHash || Object.keys(values).length === 0) return
    await secrets.set(values)
    this.#values = {}
  }
}
