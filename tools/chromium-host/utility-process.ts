import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ForkOptions, utilityProcess } from 'electron'
import { Events, strict } from './strict.ts'

const events = ['message', 'exit', 'spawn'] as const
/** Of those that Electron has, the ones in use. */
const knownOptions: readonly string[] = ['serviceName', 'stdio']

/** `UtilityProcess`: a Node process whose `process.parentPort` the shim makes before the module runs. */
class HostUtility {
  readonly #child: ChildProcess
  readonly #events = new Events('UtilityProcess', events)

  constructor(child: ChildProcess) {
    this.#child = child
    child.on('message', (message) => this.#events.emit('message', message))
    child.once('spawn', () => this.#events.emit('spawn'))
    // Electron tells a code for every end; one that a signal ended has none here.
    child.once('exit', (code) => this.#events.emit('exit', code ?? 1))
  }

  on(name: (typeof events)[number], listener: (...args: unknown[]) => void): this {
    this.#events.on(name, listener)
    return this
  }

  once(name: (typeof events)[number], listener: (...args: unknown[]) => void): this {
    this.#events.once(name, listener)
    return this
  }

  /** What cannot be cloned is an error here and now, as in Electron. */
  postMessage(message: unknown, transfer: readonly unknown[] = []): void {
    if (transfer.length > 0) throw new Error('chromium-host transfers no ports.')
    const copy: unknown = structuredClone(message)
    // To one that has ended nothing is sent, silently, as in Electron.
    if (this.#child.connected && typeof copy === 'object' && copy !== null) this.#child.send(copy, () => undefined)
  }

  kill(): boolean {
    return this.#child.kill('SIGTERM')
  }

  get pid(): number | undefined {
    return this.#child.exitCode === null && this.#child.signalCode === null ? this.#child.pid : undefined
  }
}

/** The utility processes of one app; its end is theirs at the latest. */
export class HostUtilities {
  readonly #running = new Set<HostUtility>()

  /** `utilityProcess.fork`: the module runs on this Node, with structured cloning between both. */
  fork(...[modulePath, args = [], options = {}]: Parameters<typeof utilityProcess.fork>): object {
    for (const name of Object.keys(options)) {
      if (!knownOptions.includes(name)) throw new Error(`chromium-host forks without the option '${name}'`)
    }
    const child = fork(modulePath, args, {
      execArgv: ['--import', pathToFileURL(join(import.meta.dirname, 'utility-port.mjs')).href],
      serialization: 'advanced',
      stdio: ['ignore', ...outputs(options), 'ipc'],
    })
    const utility = new HostUtility(child)
    this.#running.add(utility)
    utility.once('exit', () => this.#running.delete(utility))
    return strict('UtilityProcess', utility)
  }

  end(): void {
    for (const utility of this.#running) utility.kill()
  }
}

function outputs({ stdio = 'inherit' }: ForkOptions): ('inherit' | 'ignore')[] {
  if (stdio !== 'inherit' && stdio !== 'ignore') throw new Error('chromium-host inherits or ignores stdio.')
  return [stdio, stdio]
}
