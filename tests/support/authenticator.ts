import { generate } from 'otplib'

/** A person's authenticator app: codes of the key that was typed from the screen (RFC 6238, SHA-1, 6 digits, 30 s). */
export class Authenticator {
  readonly #secret: string

  /** @param typedKey As shown, in groups. */
  constructor(typedKey: string) {
    this.#secret = typedKey.replaceAll(/\s/gu, '').toUpperCase()
  }

  /** The code `steps` time steps from now. */
  code(steps = 0): Promise<string> {
    return generate({ secret: this.#secret, epoch: Math.floor(Date.now() / 1000) + steps * 30 })
  }

  /** Six digits that are no code now, nor within two steps. */
  async wrongCode(): Promise<string> {
    const near = await Promise.all([-2, -1, 0, 1, 2].map((steps) => this.code(steps)))
    for (let candidate = 100_000; ; candidate += 1) {
      if (!near.includes(String(candidate))) return String(candidate)
    }
  }

  /** For searches in artefacts: what must be found nowhere. */
  get secret(): string {
    return this.#secret
  }
}
