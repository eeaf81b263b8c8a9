import type { App, Shell, WebContents } from 'electron'
import { AppError } from '../../shared/errors'

/**
 * Keeps a page where it is: no navigation, no redirect, no new window, no webview, in any frame (Electron security
 * checklist, items 12 to 14). The app itself moves between screens without navigating.
 */
export function forbidNavigation(contents: WebContents): void {
  contents.on('will-frame-navigate', (event) => {
    event.preventDefault()
  })
  contents.on('will-redirect', (event) => {
    event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => {
    event.preventDefault()
  })
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

/** Opens a page in the person's own browser. Services decide which hosts are allowed; anything but https is refused here too. */
export async function openExternal(shell: Pick<Shell, 'openExternal'>, url: string): Promise<void> {
  const { protocol, username, password } = new URL(url)
  if (protocol !== 'https:' || username !== '' || password !== '')
    throw new Error('Only plain https addresses are opened.')
  await shell.openExternal(url)
}

/** A number and nothing else: what is dialled must not become a command, a parameter or another address. */
const callAddress = /^(?<scheme>tel|sip|callto):\+?[0-9]{3,20}(?:;ext=[0-9]{1,12})?(?:@[A-Za-z0-9.-]{1,253})?$/u

/** Hands a number to the program that makes calls. Throws `dial-not-possible {scheme}` where there is none. */
export async function dial(
  app: Pick<App, 'getApplicationNameForProtocol'>,
  shell: Pick<Shell, 'openExternal'>,
  address: string,
): Promise<void> {
  const scheme = callAddress.exec(address)?.groups?.['scheme']
  if (scheme === undefined) throw new Error('Only plain numbers are dialled.')
  if (app.getApplicationNameForProtocol(`${scheme}:`) === '') throw new AppError('dial-not-possible', { scheme })
  try {
    await shell.openExternal(address)
  } catch (error) {
    throw new AppError('dial-not-possible', { scheme }, { cause: error })
  }
}
