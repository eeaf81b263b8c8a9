import { randomUUID } from 'node:crypto'
import { join, resolve } from 'node:path'
import {
  app,
  BrowserWindow,
  clipboard,
  dialog,
  Notification,
  ipcMain,
  powerMonitor,
  protocol,
  safeStorage,
  session,
  shell,
  utilityProcess,
} from 'electron'
import { parseDuration, systemClock } from './clock'
import { machineConfigPath } from './config'
import { createDesk } from './desk'
import { secretClipboard } from './desktop/clipboard'
import { parseCommandLine } from './desktop/command-line'
import { askOpenFile, askOpenPath, askSaveFile } from './desktop/dialogs'
import { dial, forbidNavigation, openExternal } from './desktop/navigation'
import { denyPermissions } from './desktop/permissions'
import { startHelper } from './desktop/helper-process'
import { desktopNotifications } from './desktop/notifications'
import { onComputerLocked } from './desktop/power'
import { appOrigin, registerAppScheme, serveApp } from './desktop/protocol'
import { systemSecrets } from './desktop/secrets'
import { wordStartFailure } from './desktop/start-failure'
import { askInWindow } from './desktop/webauthn-window'
import { openWindow, setMinimalMenu, showWindow } from './desktop/window'
import { createSecurityKeys } from './gateways/security-key/client'
import { createSystemDialogKeys } from './gateways/security-key/system-dialog'
import { serve } from './ipc/serve'
import { assertSafeEnvironment, createLog } from './log'

// Before the app is ready, or these have no effect.
registerAppScheme(protocol)
app.enableSandbox()

boot().catch((error: unknown) => {
  dialog.showErrorBox('SSPR Desk', wordStartFailure(error, Intl.DateTimeFormat().resolvedOptions().locale))
  app.exit(1)
})

async function boot(): Promise<void> {
  assertSafeEnvironment(process.env, app.isPackaged)
  const commandLine = parseCommandLine(process.argv.slice(1), app.isPackaged)
  const fromHere = (file: string | null): string | null => (file === null ? null : resolve(file))
  if (commandLine.userDataDir !== null) app.setPath('userData', resolve(commandLine.userDataDir))
  const userDataDir = app.getPath('userData')

  // Two desks on one data folder would fork the audit chain.
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return
  }
  const clock = systemClock(commandLine.clockOffset === null ? 0 : parseDuration(commandLine.clockOffset))
  const log = createLog({ file: join(userDataDir, 'log', 'desk.log'), clock })
  await app.whenReady()

  let window: BrowserWindow | null = null
  const keySocket = fromHere(commandLine.securityKeySocket)
  const keyArguments = keySocket === null ? [] : [`--socket=${keySocket}`]
  const askByWindow = askInWindow({
    openWindow: (options) => new BrowserWindow(options),
    // Without `persist:` it is kept in memory only.
    privateSession: () => session.fromPartition(`security-key-${randomUUID()}`),
    parent: () => window,
  })
  const secretCopy = secretClipboard(clipboard)
  const notify = desktopNotifications(
    (options) => new Notification(options),
    () => Notification.isSupported(),
  )
  const desk = await createDesk({
    userDataDir,
    configFile: fromHere(commandLine.configFile),
    machineConfigFile: machineConfigPath(process.platform, process.env),
    vaultKeyFile: fromHere(commandLine.vaultKeyFile),
    clock,
    log,
    version: app.getVersion(),
    securityKeys: () =>
      process.platform === 'win32' && keySocket === null
        ? createSystemDialogKeys(askByWindow)
        : createSecurityKeys({
            startProcess: () => startHelper(utilityProcess, join(__dirname, 'security-key-process.js'), keyArguments),
          }),
    safeStorage: systemSecrets(safeStorage, process.platform),
    desktop: {
      openExternal: (url) => openExternal(shell, url),
      dial: (address) => dial(app, shell, address),
      copySecret: (secret, seconds) => secretCopy.copy(secret, seconds),
      forgetSecret: () => secretCopy.forget(),
      askSaveFile: (suggestion) => askSaveFile(dialog, window, suggestion),
      askOpenFile: (kinds) => askOpenFile(dialog, window, kinds),
      askOpenPath: (kinds) => askOpenPath(dialog, window, kinds),
      notify: ({ title, body, onClick }) =>
        notify({
          title,
          body,
          onClick: () => {
            if (window !== null && !window.isDestroyed()) showWindow(window)
            onClick()
          },
        }),
    },
  })
  onComputerLocked(powerMonitor, () => desk.computerLocked())

  denyPermissions(session.defaultSession)
  app.on('web-contents-created', (_event, contents) => {
    forbidNavigation(contents)
    contents.on('render-process-gone', (_gone, { reason }) => {
      log.error({ reason }, 'the page ended unexpectedly')
    })
  })
  serveApp(protocol, join(__dirname, '../renderer'))

  // Answers must be ready before the page can ask.
  serve({ ipcMain, desk, origin: appOrigin, mainFrame: () => frameOf(window), log })
  setMinimalMenu(process.platform)
  window = openWindow({ preload: join(__dirname, '../preload/index.cjs'), packaged: app.isPackaged })

  app.on('second-instance', () => {
    if (window !== null && !window.isDestroyed()) showWindow(window)
  })
  app.on('window-all-closed', () => {
    app.quit()
  })
  closeBeforeQuit(async () => {
    await secretCopy.forget()
    await desk.close()
  })
}

function frameOf(window: BrowserWindow | null): BrowserWindow['webContents']['mainFrame'] | null {
  return window === null || window.isDestroyed() ? null : window.webContents.mainFrame
}

/** Holds quitting back until `close` is done, once. */
function closeBeforeQuit(close: () => Promise<void>): void {
  let state: 'open' | 'closing' | 'closed' = 'open'
  app.on('will-quit', (event) => {
    if (state === 'closed') return
    event.preventDefault()
    if (state === 'closing') return
    state = 'closing'
    void close().finally(() => {
      state = 'closed'
      app.quit()
    })
  })
}
