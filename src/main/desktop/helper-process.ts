import type { UtilityProcess, utilityProcess } from 'electron'

/** A process of our own that reads and writes plain messages. */
export interface HelperProcess {
  post(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  /** However it ended. */
  onExit(listener: () => void): void
  kill(): void
}

/**
 * Starts `modulePath` (absolute) in a process without a window. It is no child of Node: `runAsNode` is off in a packaged app. What it
 * writes is thrown away: it has no log of its own, and secrets pass through it.
 */
export function startHelper(
  electron: Pick<typeof utilityProcess, 'fork'>,
  modulePath: string,
  args: readonly string[] = [],
): HelperProcess {
  const child: UtilityProcess = electron.fork(modulePath, [...args], {
    serviceName: 'SSPR Desk security keys',
    stdio: 'ignore',
  })
  return {
    post: (message) => child.postMessage(message),
    onMessage: (listener) => {
      child.on('message', (message: unknown) => listener(message))
    },
    onExit: (listener) => {
      child.once('exit', () => listener())
    },
    kill: () => {
      child.kill()
    },
  }
}
