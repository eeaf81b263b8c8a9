import type { Shell, WebContents } from 'electron'

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
