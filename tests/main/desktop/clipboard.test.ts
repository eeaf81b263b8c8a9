import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { secretClipboard } from '../../../src/main/desktop/clipboard'

function aClipboard() {
  let text = ''
  return {
    readText: () => Promise.resolve(text),
    writeText: (value: string) => {
      text = value
      return Promise.resolve()
    },
    clear: () => {
      text = ''
    },
    now: () => text,
  }
}

describe('secretClipboard', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('clears the secret after its seconds, not before', async () => {
    const clipboard = aClipboard()
    await secretClipboard(clipboard).copy('secret', 30)
    await vi.advanceTimersByTimeAsync(29_999)
    expect(clipboard.now()).toBe('secret')
    await vi.advanceTimersByTimeAsync(1)
    expect(clipboard.now()).toBe('')
  })

  it('leaves what the person copied meanwhile', async () => {
    const clipboard = aClipboard()
    const secrets = secretClipboard(clipboard)
    await secrets.copy('secret', 30)
    await clipboard.writeText('their own')
    await vi.advanceTimersByTimeAsync(60_000)
    await secrets.forget()
    expect(clipboard.now()).toBe('their own')
  })

  it('gives a second copy its full time', async () => {
    const clipboard = aClipboard()
    const secrets = secretClipboard(clipboard)
    await secrets.copy('first', 30)
    await vi.advanceTimersByTimeAsync(20_000)
    await secrets.copy('second', 30)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(clipboard.now()).toBe('second')
    await vi.advanceTimersByTimeAsync(10_000)
    expect(clipboard.now()).toBe('')
  })

  it('takes off what was still being written when the session ended', async () => {
    const clipboard = aClipboard()
    const written: (() => void)[] = []
    const slow = (value: string): Promise<void> =>
      new Promise((resolve) => {
        written.push(() => void clipboard.writeText(value).then(resolve))
      })
    const secrets = secretClipboard({ ...clipboard, writeText: slow })
    const copying = secrets.copy('secret', 30)
    await secrets.forget()
    written[0]?.()
    await copying

    expect(clipboard.now()).toBe('')
  })

  it('forgets at once when told, and only once', async () => {
    const clipboard = aClipboard()
    const secrets = secretClipboard(clipboard)
    await secrets.copy('secret', 30)
    await secrets.forget()
    expect(clipboard.now()).toBe('')
    await clipboard.writeText('secret')
    await vi.advanceTimersByTimeAsync(60_000)
    await secrets.forget()
    expect(clipboard.now()).toBe('secret')
  })
})
