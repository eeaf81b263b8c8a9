import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { hidDevices } from '../../../../src/main/gateways/security-key/hid-devices'

type Load = NonNullable<Parameters<typeof hidDevices>[0]>

const found = { vendorId: 0x1050, productId: 0x0407, release: 1, interface: 0 }
const aKeyboard = { ...found, path: '/dev/hidraw0', usagePage: 0x01, usage: 0x06 }
const aKey = { ...found, path: '/dev/hidraw1', usagePage: 0xf1d0, usage: 0x01 }

/** What node-hid would answer, as far as it is used. */
function aLibrary(answers: {
  readonly devices?: () => Promise<readonly object[]>
  readonly open?: (path: string) => Promise<object>
}): Load {
  const library = {
    devicesAsync: answers.devices ?? (async () => [aKeyboard, aKey]),
    HIDAsync: { open: answers.open ?? (async () => Promise.reject(new Error('cannot open'))) },
  }
  return async () => library as unknown as Awaited<ReturnType<Load>>
}

class FakeHid extends EventEmitter {
  readonly written: Buffer[] = []
  closed = 0
  async write(bytes: Buffer): Promise<number> {
    this.written.push(bytes)
    return bytes.length
  }
  async close(): Promise<void> {
    this.closed += 1
  }
}

describe('hidDevices', () => {
  it('knows a key by its usage page, and opens nothing else', async () => {
    expect((await hidDevices(aLibrary({})).list()).map(({ id }) => id)).toEqual(['/dev/hidraw1'])
  })

  it('loads the library with the first look only', async () => {
    let loads = 0
    const load = aLibrary({ devices: async () => [] })
    const devices = hidDevices(async () => {
      loads += 1
      return load()
    })
    expect(loads).toBe(0)
    await devices.list()
    await devices.list()
    expect(loads).toBe(1)
  })

  it.each([
    ['libusb is missing', Object.assign(new Error('libusb-1.0.so.0'), { code: 'ERR_DLOPEN_FAILED' }), 'no-library'],
    ['there is no build for this machine', new Error('No native build was found for platform=x'), 'no-library'],
    ['the system refuses to list', new Error('hid_enumerate'), 'failed'],
  ])('says why keys cannot be used: %s', async (_name, error, reason) => {
    const devices = hidDevices(aLibrary({ devices: async () => Promise.reject(error) }))
    await expect(devices.list()).rejects.toMatchObject({ code: 'key-not-available', params: { reason } })
  })

  it('says that the key may not be opened, apart from one that cannot be', async () => {
    const open = async (): Promise<object> => Promise.reject(new Error('cannot open device'))
    const [device] = await hidDevices(aLibrary({ open })).list()
    // There is no such file here: nothing is known of rights.
    await expect(device?.open()).rejects.toMatchObject({ code: 'key-failed', params: { status: 'open' } })
  })

  it('waits for the right to a key that was plugged in this moment, but not for ever', async () => {
    const opening = (failures: number) => {
      let tries = 0
      const open = async (): Promise<object> => {
        tries += 1
        return tries <= failures ? Promise.reject(new Error('cannot open device')) : new FakeHid()
      }
      const rights = { mayUse: async () => tries > failures, tries: 4, pauseMs: 1 }
      return { devices: hidDevices(aLibrary({ open }), rights), tried: () => tries }
    }
    const soon = opening(3)
    const [device] = await soon.devices.list()
    expect(await device?.mayOpen()).toBe(false)
    await (await device?.open())?.close()
    expect(soon.tried()).toBe(4)

    const never = opening(100)
    const [other] = await never.devices.list()
    await expect(other?.open()).rejects.toMatchObject({
      code: 'key-not-available',
      params: { reason: 'no-permission' },
    })
    expect(never.tried()).toBe(4)
  })

  it('writes reports with the byte that hidapi wants before them, and ends once', async () => {
    const hid = new FakeHid()
    const [device] = await hidDevices(aLibrary({ open: async () => hid })).list()
    const channel = await device?.open()
    await channel?.send(new Uint8Array(64).fill(7))
    expect(hid.written).toEqual([Buffer.from([0, ...new Uint8Array(64).fill(7)])])
    const heard: Uint8Array[] = []
    channel?.onReport((report) => heard.push(report))
    hid.emit('data', Buffer.from([1, 2]))
    expect(heard).toEqual([Uint8Array.of(1, 2)])
    await channel?.close()
    await channel?.close()
    expect(hid.closed).toBe(1)
  })

  it('tells that the key was taken out, to those who listen later too', async () => {
    const hid = new FakeHid()
    const [device] = await hidDevices(aLibrary({ open: async () => hid })).list()
    const channel = await device?.open()
    hid.emit('error', new Error('could not read from HID device'))
    const gone = new Promise<void>((resolve) => channel?.onGone(resolve))
    await gone
  })
})
