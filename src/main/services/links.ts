import { AppError } from '../../shared/errors'
import type { DesktopPort } from './desktop'

/** Opens links outside the app: https and the hosts that the configuration lists, nothing else. */
export class LinkService {
  readonly #desktop: DesktopPort
  readonly #hosts: readonly string[]

  constructor(desktop: DesktopPort, hosts: readonly string[]) {
    this.#desktop = desktop
    this.#hosts = hosts
  }

  /** Throws `invalid-input` for any other address. */
  async open(address: string): Promise<void> {
    if (!URL.canParse(address)) throw new AppError('invalid-input', { field: 'url' })
    const url = new URL(address)
    const plain = url.protocol === 'https:' && url.port === '' && url.username === '' && url.password === ''
    if (!plain || !this.#hosts.includes(url.hostname)) throw new AppError('invalid-input', { field: 'url' })
    await this.#desktop.openExternal(url.href)
  }
}
