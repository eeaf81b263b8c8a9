import { AppError } from '../../../shared/errors'
import type { KeyAvailability } from '../../../shared/model/security-key'
import { createCredential, signAssertion } from './ceremony'
import type { WaitTimes } from './choose-key'
import { usualWaits } from './choose-key'
import type { KeyDevices } from './hid-channel'
import { usualTimes } from './key-connection'
import type { KeyTimes } from './key-connection'
import { keyErrorCodes, toProcess } from './messages'
import type { FromProcess, ToProcess } from './messages'

/** The process's line to the app. */
export interface AppLine {
  post(message: FromProcess): void
  onMessage(listener: (message: unknown) => void): void
}

type Start = Extract<ToProcess, { type: 'start' }>

interface Talk {
  readonly id: number
  readonly abort: AbortController
  pin: ((pin: string) => void) | null
}

/** Serves the app: one conversation with a key at a time, prompts and results back. Unreadable messages are passed over. */
export function serveSecurityKeys(
  line: AppLine,
  devices: KeyDevices,
  times: KeyTimes = usualTimes,
  waits: WaitTimes = usualWaits,
): void {
  let current: Talk | null = null
  let before = Promise.resolve()

  function start(message: Start): void {
    // A new conversation ends the one before, which first lets go of its key: the app has given that up.
    current?.abort.abort()
    const talk: Talk = { id: message.talk, abort: new AbortController(), pin: null }
    current = talk
    before = before.then(() => run(talk, message.request))
  }

  async function run(talk: Talk, request: Start['request']): Promise<void> {
    const { id } = talk
    const parts = {
      devices,
      times,
      waits,
      signal: talk.abort.signal,
      show: (prompt: Extract<FromProcess, { type: 'prompt' }>['prompt']) =>
        line.post({ type: 'prompt', talk: id, prompt }),
      pin: () => askPin(talk),
    }
    try {
      const outcome =
        request.kind === 'create'
          ? { kind: request.kind, ...(await createCredential(request, parts)) }
          : { kind: request.kind, ...(await signAssertion(request, parts)) }
      line.post({ type: 'done', talk: id, outcome })
    } catch (error) {
      line.post({ type: 'failed', talk: id, ...refusal(error) })
    } finally {
      if (current === talk) current = null
    }
  }

  function askPin(talk: Talk): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    talk.pin = resolve
    const { signal } = talk.abort
    if (signal.aborted) reject(new AppError('key-cancelled'))
    signal.addEventListener('abort', () => reject(new AppError('key-cancelled')), { once: true })
    line.post({ type: 'pin-wanted', talk: talk.id })
    return promise
  }

  line.onMessage((raw) => {
    const read = toProcess.safeParse(raw)
    if (!read.success) return
    const message = read.data
    switch (message.type) {
      case 'availability':
        void availabilityOf(devices).then((availability) =>
          line.post({ type: 'available', talk: message.talk, availability }),
        )
        return
      case 'start':
        start(message)
        return
      case 'pin':
        if (current?.id !== message.talk) return
        current.pin?.(message.pin)
        current.pin = null
        return
      case 'cancel':
        if (current?.id === message.talk) current.abort.abort()
    }
  })
}

async function availabilityOf(devices: KeyDevices): Promise<KeyAvailability> {
  try {
    const found = await devices.list()
    const usable = await Promise.all(found.map((device) => device.mayOpen()))
    // With no key plugged in nothing speaks against one.
    if (found.length > 0 && !usable.includes(true)) return { available: false, reason: 'no-permission' }
    return { available: true, dialog: false }
  } catch (error) {
    const reason = error instanceof AppError ? error.params['reason'] : undefined
    return { available: false, reason: reason === 'no-library' || reason === 'no-permission' ? reason : 'failed' }
  }
}

function refusal(error: unknown): Pick<Extract<FromProcess, { type: 'failed' }>, 'code' | 'params'> {
  if (!(error instanceof AppError)) return { code: 'key-failed', params: { status: 'internal' } }
  const code = keyErrorCodes.find((known) => known === error.code)
  if (code === undefined) return { code: 'key-failed', params: { status: error.code } }
  return { code, params: Object.fromEntries(Object.entries(error.params).map(([key, value]) => [key, String(value)])) }
}
