import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import type * as NodeHid from 'node-hid'
import type { Device, HIDAsync } from 'node-hid'
import { AppError } from '../../../shared/errors'
import type { HidChannel, KeyDevice, KeyDevices } from './hid-channel'
import { failed } from './key-connection'

type Library = Pick<typeof NodeHid, 'devicesAsync' | 'HIDAsync'>

/** Usage page and usage of FIDO devices (CTAP 2.1 §11.2.8.1). */
const fidoPage = 0xf1d0
const fidoUsage = 0x01

/** The system around the library. udev gives the right to a key a moment after the key itself: it is tried for again. */
interface Rights {
  readonly mayUse: (path: string) => Promise<boolean>
  readonly tries: number
  readonly pauseMs: number
}
const usualRights: Rights = { mayUse, tries: 8, pauseMs: 150 }

/** Report id that goes before every report, though FIDO devices number none: hidapi wants the byte. */
const noReportId = 0x00

/**
 * The keys on USB, by node-hid. Its native library is loaded with the first look: where libusb is missing that alone fails, with
 * `key-not-available {reason: no-library}`. `load` is replaced by tests.
 */
export function hidDevices(load: () => Promise<Library> = nodeHid, rights: Rights = usualRights): KeyDevices {
  let library: Library | undefined
  return {
    async list() {
      const hid = (library ??= await loaded(load))
      const found = (await listed(hid)).filter(isKey)
      return found.flatMap(({ path }) => (path === undefined ? [] : [deviceAt(path, hid, rights)]))
    },
  }
}

async function nodeHid(): Promise<Library> {
  // Loaded with the first look for a key: it needs libraries of the system that are not everywhere.
  // eslint-disable-next-line no-restricted-syntax -- this floor's own library, named in full
  const { devicesAsync, HIDAsync } = await import('node-hid')
  return { devicesAsync, HIDAsync }
}

async function loaded(load: () => Promise<Library>): Promise<Library> {
  try {
    return await load()
  } catch (error) {
    throw new AppError('key-not-available', { reason: 'no-library' }, { cause: error })
  }
}

/** The native part is loaded by the first call, not by the import. */
async function listed(hid: Library): Promise<readonly Device[]> {
  try {
    return await hid.devicesAsync()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    const missing = code === 'ERR_DLOPEN_FAILED' || code === 'MODULE_NOT_FOUND' || isNoPrebuild(error)
    throw new AppError('key-not-available', { reason: missing ? 'no-library' : 'failed' }, { cause: error })
  }
}

function isNoPrebuild(error: unknown): boolean {
  return error instanceof Error && /no native build|failed to find binding/iu.test(error.message)
}

function isKey({ usagePage, usage }: Device): boolean {
  return usagePage === fidoPage && usage === fidoUsage
}

function deviceAt(path: string, hid: Library, rights: Rights): KeyDevice {
  return { id: path, mayOpen: () => rights.mayUse(path), open: () => open(path, hid, rights) }
}

async function open(path: string, hid: Library, { mayUse, tries, pauseMs }: Rights): Promise<HidChannel> {
  for (let left = tries; ; left -= 1) {
    try {
      return channelOf(await hid.HIDAsync.open(path))
    } catch (error) {
      if (await mayUse(path)) throw new AppError('key-failed', { status: 'open' }, { cause: error })
      if (left <= 1) throw new AppError('key-not-available', { reason: 'no-permission' }, { cause: error })
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
}

/** On Linux the path is a file, `/dev/hidrawN`; elsewhere it is none, and nothing is said about rights. */
async function mayUse(path: string): Promise<boolean> {
  try {
    await access(path, constants.R_OK | constants.W_OK)
    return true
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    return code !== 'EACCES' && code !== 'EPERM'
  }
}

function channelOf(device: HIDAsync): HidChannel {
  let gone: (() => void) | undefined
  let isGone = false
  let closing: Promise<void> | undefined
  // Any fault while reading means that it was taken out.
  device.on('error', () => {
    isGone = true
    gone?.()
  })
  return {
    async send(report) {
      try {
        await device.write(Buffer.concat([Buffer.of(noReportId), report]))
      } catch {
        throw failed('removed')
      }
    },
    onReport(listener) {
      device.on('data', (report: Buffer) => listener(new Uint8Array(report)))
    },
    onGone(listener) {
      gone = listener
      if (isGone) listener()
    },
    close: () => (closing ??= device.close().catch(() => undefined)),
  }
}
