import type { PowerMonitor } from 'electron'

/** Calls back when the person leaves the computer: the screen is locked, another user takes over, or the machine sleeps. */
export function onComputerLocked(powerMonitor: PowerMonitor, callback: () => void): void {
  powerMonitor.on('lock-screen', callback)
  powerMonitor.on('user-did-resign-active', callback)
  powerMonitor.on('suspend', callback)
}
