import type { Notification } from 'electron'
import { describe, expect, it } from 'vitest'
import { desktopNotifications } from '../../../src/main/desktop/notifications'

function fakeMaker() {
  const made: { title: string | undefined; body: string | undefined; shown: boolean; fire: (name: string) => void }[] =
    []
  const make = (options: { title?: string; body?: string }): Pick<Notification, 'on' | 'show'> => {
    const listeners = new Map<string, () => void>()
    const entry = {
      title: options.title,
      body: options.body,
      shown: false,
      fire: (name: string) => listeners.get(name)?.(),
    }
    made.push(entry)
    const notification = {
      on: (name: string, listener: () => void) => {
        listeners.set(name, listener)
        return notification
      },
      show: () => {
        entry.shown = true
      },
    }
    return notification as unknown as Pick<Notification, 'on' | 'show'>
  }
  return { made, make }
}

describe('desktopNotifications', () => {
  it('shows title and body, and tells a click once', () => {
    const { made, make } = fakeMaker()
    const clicks: string[] = []
    const notify = desktopNotifications(make, () => true)
    notify({ title: 'A new request', body: 'Request 12', onClick: () => clicks.push('12') })
    expect(made).toMatchObject([{ title: 'A new request', body: 'Request 12', shown: true }])
    expect(clicks).toEqual([])
    made[0]?.fire('click')
    expect(clicks).toEqual(['12'])
  })

  it('stays silent where the system shows none', () => {
    const { made, make } = fakeMaker()
    desktopNotifications(make, () => false)({ title: 'A new request', body: '', onClick: () => undefined })
    expect(made).toEqual([])
  })
})
