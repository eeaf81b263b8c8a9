import { BrowserWindow, Menu } from 'electron'
import { appStart } from './protocol'

/** The one window. It is shown when its first screen is ready, so that no white flash is seen. */
export function openWindow(options: { readonly preload: string; readonly packaged: boolean }): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 800,
    minWidth: 1024,
    minHeight: 680,
    show: false,
    title: 'SSPR Desk',
    backgroundColor: '#14171c',
    webPreferences: {
      preload: options.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      devTools: !options.packaged,
    },
  })
  // Screenshots and screen sharing show a black window: passwords and codes are on it. Unpackaged runs take pictures.
  if (options.packaged) window.setContentProtection(true)
  window.setMenuBarVisibility(false)
  window.once('ready-to-show', () => {
    window.show()
  })
  window.loadURL(appStart).catch((error: unknown) => {
    // Closed before it was loaded: nobody waits for it any more.
    if (!window.isDestroyed()) throw error
  })
  return window
}

/** Brings a window to the front; for a second start of the app. */
export function showWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

/** Editing and zooming by the keys that people know; the menu itself is seen on macOS only, where there is always one. */
export function setMinimalMenu(platform: NodeJS.Platform): void {
  const view = {
    role: 'viewMenu' as const,
    submenu: [{ role: 'zoomIn' as const }, { role: 'zoomOut' as const }, { role: 'resetZoom' as const }],
  }
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(
      platform === 'darwin'
        ? [{ role: 'appMenu' }, { role: 'editMenu' }, view, { role: 'windowMenu' }]
        : [{ role: 'editMenu' }, view],
    ),
  )
}
