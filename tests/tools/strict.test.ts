import { describe, expect, it } from 'vitest'
import { Events, refusable, strict } from '../../tools/chromium-host/strict'

describe('strict', () => {
  it('names whatever the host does not implement', () => {
    const shell = strict('shell', { openExternal: () => 'opened' })
    expect(shell.openExternal()).toBe('opened')
    expect((): unknown => Reflect.get(shell, 'openPath')).toThrow(
      'chromium-host does not implement electron.shell.openPath',
    )
    expect(() => Reflect.set(shell, 'openExternal', null)).toThrow('does not let electron.shell.openExternal be set')
  })

  it('can be awaited and keeps private state working', async () => {
    class Counter {
      #count = 0
      add(): number {
        this.#count += 1
        return this.#count
      }
    }
    const counter = await Promise.resolve(strict('counter', new Counter()))
    counter.add()
    expect(counter.add()).toBe(2)
  })
})

describe('Events', () => {
  it('tells its listeners, the one-time ones once', () => {
    const heard: unknown[] = []
    const events = new Events('window', ['shown'])
    events
      .on('shown', (value) => void heard.push(['on', value]))
      .once('shown', (value) => void heard.push(['once', value]))
    events.emit('shown', 1)
    events.emit('shown', 2)
    expect(heard).toEqual([
      ['on', 1],
      ['once', 1],
      ['on', 2],
    ])
  })

  it('refuses a listener for an event that it never emits', () => {
    const events = new Events<string>('app', ['will-quit'])
    expect(() => events.on('before-quit', () => undefined)).toThrow("chromium-host does not emit app 'before-quit'")
  })
})

describe('refusable', () => {
  it('knows whether it was refused', () => {
    const event = refusable({ url: 'app://desk/' })
    expect(event).toMatchObject({ url: 'app://desk/', defaultPrevented: false })
    event.preventDefault()
    expect(event.defaultPrevented).toBe(true)
  })
})
