import { spawn, spawnSync } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** A server that a test started as its own child. */
export interface ServerProcess {
  readonly pid: number
  /** Ends it, waits for the exit, kills it after 10 s. Idempotent. */
  stop(): Promise<void>
}

/** The first of these programs that exists; throws with what to install otherwise: a missing server is never a skip. */
export function findProgram(names: readonly string[], debianPackage: string): string {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin', '/sbin', '/usr/bin']
  for (const name of names) {
    for (const folder of folders) {
      const file = `${folder}/${name}`
      if (folder !== '' && existsSync(file)) return file
    }
  }
  throw new Error(`${names.join(' or ')} is not installed: apt-get install --no-install-recommends ${debianPackage}`)
}

/** Runs a program to its end; throws with its output unless it answers 0. */
export function run(command: string, parameters: readonly string[], environment: NodeJS.ProcessEnv = {}): string {
  const result = spawnSync(command, parameters, {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (result.error !== undefined) throw result.error
  if (result.status !== 0) throw new Error(`${command} answered ${result.status}:\n${result.stdout}\n${result.stderr}`)
  return result.stdout
}

/**
 * Starts a server in the foreground with its output in `logFile`, and waits until `ready` answers true; throws with the
 * log when it ends or is not ready in 30 s.
 */
export async function startServer(
  command: string,
  parameters: readonly string[],
  options: { logFile: string; ready: () => Promise<boolean>; environment?: NodeJS.ProcessEnv },
): Promise<ServerProcess> {
  const log = openSync(options.logFile, 'a')
  const child = spawn(command, parameters, {
    stdio: ['ignore', log, log],
    env: { ...process.env, ...options.environment },
  })
  closeSync(log)
  let failure: Error | null = null
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', (error) => {
      failure = error
      resolve()
    })
  })
  // A test run that dies must not leave servers behind.
  const killWithParent = (): void => {
    child.kill('SIGKILL')
  }
  process.once('exit', killWithParent)

  const ended = (): boolean => failure !== null || child.exitCode !== null || child.signalCode !== null
  async function stop(): Promise<void> {
    process.off('exit', killWithParent)
    if (ended()) return
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await exited
    clearTimeout(timer)
  }

  const deadline = performance.now() + 30_000
  while (!(await options.ready())) {
    if (ended() || performance.now() > deadline) {
      await stop()
      throw new Error(`${command} did not start: ${String(failure)}\n${readFileSync(options.logFile, 'utf8')}`)
    }
    await sleep(20)
  }
  if (child.pid === undefined) throw new Error(`${command} has no process id`)
  return { pid: child.pid, stop }
}
