import { AppError } from '../../../shared/errors'
import type { KeyPrompt } from '../../../shared/model/security-key'
import { Ctap2 } from './ctap2'
import type { KeyInfo } from './ctap2'
import type { KeyDevice, KeyDevices } from './hid-channel'
import { failed, KeyConnection } from './key-connection'
import type { KeyTimes } from './key-connection'

/** Milliseconds. */
export interface WaitTimes {
  /** Between two looks for keys that were plugged in. */
  readonly lookMs: number
  /** Until nobody is waited for any longer. */
  readonly insertMs: number
}

export const usualWaits: WaitTimes = { lookMs: 400, insertMs: 120_000 }

/** A key that answered. */
export interface ChosenKey {
  readonly connection: KeyConnection
  readonly info: KeyInfo
}

interface Search {
  readonly devices: KeyDevices
  readonly times: KeyTimes
  readonly waits: WaitTimes
  readonly show: (prompt: KeyPrompt) => void
  readonly signal: AbortSignal
}

/**
 * The key that is meant: the only one plugged in, or the one of several that is touched first; the others are told to stop. Waits for
 * one to be plugged in. The caller closes its connection.
 */
export async function chooseKey(search: Search): Promise<ChosenKey> {
  const devices = await pluggedIn(search)
  const [only, ...more] = devices
  if (only !== undefined && more.length === 0) {
    search.show({ step: 'working' })
    return openKey(only, search, search.signal)
  }
  search.show({ step: 'choose' })
  return firstTouched(devices, search)
}

async function pluggedIn({ devices, show, signal, waits }: Search): Promise<readonly KeyDevice[]> {
  const patience = AbortSignal.timeout(waits.insertMs)
  for (let told = false; ; told = true) {
    if (signal.aborted) throw new AppError('key-cancelled')
    const found = await devices.list()
    if (found.length > 0) return found
    if (patience.aborted) throw new AppError('key-timeout')
    if (!told) show({ step: 'insert' })
    await pause(waits.lookMs, signal)
  }
}

async function openKey(device: KeyDevice, { times }: Search, signal: AbortSignal): Promise<ChosenKey> {
  const connection = await KeyConnection.open(await device.open(), signal, times)
  try {
    return { connection, info: await new Ctap2(connection).getInfo({ signal }) }
  } catch (error) {
    await connection.close()
    throw error
  }
}

/** Lets all of them blink. What one key does wrong does not stop the others; when none is left, the first fault is told. */
async function firstTouched(devices: readonly KeyDevice[], search: Search): Promise<ChosenKey> {
  const decided = new AbortController()
  const signal = AbortSignal.any([search.signal, decided.signal])
  let winner: ChosenKey | undefined
  const faults: unknown[] = []
  await Promise.all(
    devices.map(async (device) => {
      try {
        const key = await openKey(device, search, signal)
        try {
          await new Ctap2(key.connection).select(key.info, { signal })
          if (winner === undefined) winner = key
          decided.abort()
        } finally {
          if (winner !== key) await key.connection.close()
        }
      } catch (error) {
        faults.push(error)
      }
    }),
  )
  if (winner !== undefined) return winner
  throw faults.find((fault) => fault instanceof Error) ?? failed('none')
}

/** Resolves early when `signal` aborts. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    signal.addEventListener('abort', end)
  })
}
