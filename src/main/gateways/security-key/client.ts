import { AppError } from '../../../shared/errors'
import type { KeyAvailability } from '../../../shared/model/security-key'
import type { CreatedCredential, KeyTalk, SecurityKeys, SignedAssertion } from '../security-key'
import { fromProcess, toProcess } from './messages'
import type { FromProcess, ToProcess } from './messages'

/** A process of our own that reads and writes plain messages. */
export interface HelperProcess {
  post(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  /** However it ended. */
  onExit(listener: () => void): void
  kill(): void
}

export interface ClientOptions {
  readonly startProcess: () => HelperProcess
  /** Without a conversation for so long the process is ended, in milliseconds. */
  readonly idleMs?: number
}

type Outcome = Extract<FromProcess, { type: 'done' }>['outcome']
type Start = Extract<ToProcess, { type: 'start' }>['request']

interface Waiting {
  /** Only what belongs to this conversation. */
  take(message: FromProcess): void
  fail(error: AppError): void
}

const usualIdleMs = 60_000
/** To look for the library and the keys. */
const lookMs = 15_000

/**
 * Security keys in a process of their own: a device that breaks the parser breaks that process, and this side says `key-failed`. It
 * is started with the first use and ended when nobody needs it.
 */
export function createSecurityKeys({ startProcess, idleMs = usualIdleMs }: ClientOptions): SecurityKeys {
  let process: HelperProcess | null = null
  let closed = false
  let idle: NodeJS.Timeout | undefined
  let lastTalk = 0
  let conversing = false
  const waiting = new Map<number, Waiting>()

  function running(): HelperProcess {
    if (closed) throw new AppError('key-not-available', { reason: 'failed' })
    clearTimeout(idle)
    if (process !== null) return process
    const started = startProcess()
    started.onMessage((raw) => {
      if (process !== started) return
      const read = fromProcess.safeParse(raw)
      if (read.success) waiting.get(read.data.talk)?.take(read.data)
      // It says what it never would: somebody else speaks there.
      else drop(started, 'message')
    })
    started.onExit(() => drop(started, 'process'))
    process = started
    return started
  }

  function drop(ended: HelperProcess, status: string): void {
    if (process !== ended) return
    process = null
    ended.kill()
    for (const one of [...waiting.values()]) one.fail(new AppError('key-failed', { status }))
  }

  function stop(): void {
    clearTimeout(idle)
    if (process !== null) drop(process, 'closed')
  }

  /** One conversation; `listen` sees its messages until it settles. */
  async function converse<T>(
    first: (talk: number) => ToProcess,
    listen: (message: FromProcess, settle: (value: T) => void, talk: number) => void,
    signal?: AbortSignal,
  ): Promise<T> {
    if (signal?.aborted === true) throw new AppError('key-cancelled')
    const talk = (lastTalk += 1)
    const message = toProcess.safeParse(first(talk))
    if (!message.success) throw new AppError('key-failed', { status: 'request' })
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const helper = running()
    const cancel = (): void => {
      reject(new AppError('key-cancelled'))
      if (process === helper) helper.post({ type: 'cancel', talk } satisfies ToProcess)
    }
    waiting.set(talk, {
      fail: reject,
      take: (message) => {
        if (message.type === 'failed') reject(new AppError(message.code, message.params))
        else listen(message, resolve, talk)
      },
    })
    signal?.addEventListener('abort', cancel)
    try {
      helper.post(message.data)
      return await promise
    } finally {
      signal?.removeEventListener('abort', cancel)
      waiting.delete(talk)
      if (waiting.size === 0 && process !== null) {
        idle = setTimeout(stop, idleMs)
        idle.unref()
      }
    }
  }

  async function talkAbout(request: Start, keyTalk: KeyTalk): Promise<Outcome> {
    if (conversing) throw new AppError('key-failed', { status: 'busy' })
    conversing = true
    try {
      return await converse<Outcome>(
        (talk) => ({ type: 'start', talk, request }),
        (message, settle, talk) => {
          if (message.type === 'prompt') keyTalk.show(message.prompt)
          else if (message.type === 'done') settle(message.outcome)
          else if (message.type === 'pin-wanted') answerPin(keyTalk, talk)
        },
        keyTalk.signal,
      )
    } finally {
      conversing = false
    }
  }

  function answerPin(keyTalk: KeyTalk, talk: number): void {
    const helper = process
    keyTalk.pin().then(
      (pin) => {
        // Ended or cancelled meanwhile: a PIN goes nowhere else.
        if (waiting.has(talk) && helper === process) helper?.post({ type: 'pin', talk, pin } satisfies ToProcess)
      },
      () => {
        waiting.get(talk)?.fail(new AppError('key-cancelled'))
        if (helper === process) helper?.post({ type: 'cancel', talk } satisfies ToProcess)
      },
    )
  }

  return {
    async availability(): Promise<KeyAvailability> {
      try {
        return await converse<KeyAvailability>(
          (talk) => ({ type: 'availability', talk }),
          (message, settle) => {
            if (message.type === 'available') settle(message.availability)
          },
          AbortSignal.timeout(lookMs),
        )
      } catch {
        return { available: false, reason: 'failed' }
      }
    },

    async create(request, keyTalk): Promise<CreatedCredential> {
      const { rpId, rpName, challenge, userHandle, userName, exclude } = request
      const outcome = await talkAbout(
        { kind: 'create', rpId, rpName, challenge, userHandle, userName, exclude: [...exclude] },
        keyTalk,
      )
      if (outcome.kind !== 'create') throw new AppError('key-failed', { status: 'answer' })
      const { credentialId, clientDataJson, attestationObject } = outcome
      return { credentialId, clientDataJson, attestationObject }
    },

    async assert({ rpId, challenge, allow }, keyTalk): Promise<SignedAssertion> {
      const outcome = await talkAbout({ kind: 'assert', rpId, challenge, allow: [...allow] }, keyTalk)
      if (outcome.kind !== 'assert') throw new AppError('key-failed', { status: 'answer' })
      const { credentialId, clientDataJson, authenticatorData, signature } = outcome
      return { credentialId, clientDataJson, authenticatorData, signature }
    },

    close(): Promise<void> {
      closed = true
      stop()
      return Promise.resolve()
    },
  }
}
