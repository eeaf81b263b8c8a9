import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, shallowRef } from 'vue'
import EntryPicker from '../../src/renderer/src/components/connections/EntryPicker.vue'
import { messages } from '../../src/shared/i18n'
import type { DirectoryEntry } from '../../src/shared/model/desk-settings'
import { fakeApi, ok, refused, type Calls } from './support/api'
import { admins, agents } from './support/desk-settings'
import { pageText, show } from './support/mount'
import { button, field } from './support/work'

const words = messages.en.connections.picker
const entries: readonly DirectoryEntry[] = [
  { dn: agents, name: 'sspr-agents', description: 'Help desk' },
  { dn: admins, name: 'sspr-admins', description: '' },
]

// jsdom lays nothing out, so it has nothing to scroll.
HTMLElement.prototype.scrollIntoView = () => undefined

let unmount: () => void = () => undefined

async function open(
  start: string[] = [],
  options: { single?: boolean; groups?: NonNullable<Calls['connections']>['groups'] } = {},
): Promise<{ chosen: () => readonly string[]; queries: string[]; submitted: () => number }> {
  const queries: string[] = []
  const chosen = shallowRef(start)
  let submitted = 0
  fakeApi({
    connections: {
      groups:
        options.groups ??
        (({ query }) => {
          queries.push(query)
          return ok(entries.filter(({ name }) => name.startsWith(query)))
        }),
    },
  })
  const Page = defineComponent(
    () => () =>
      h(
        'form',
        {
          onSubmit: (event: Event) => {
            event.preventDefault()
            submitted += 1
          },
        },
        h(EntryPicker, {
          label: 'Agents',
          what: 'groups',
          single: options.single ?? false,
          modelValue: chosen.value,
          'onUpdate:modelValue': (next: string[]) => (chosen.value = next),
        }),
      ),
  )
  const { wrapper } = await show(Page)
  unmount = () => {
    wrapper.unmount()
  }
  return { chosen: () => chosen.value, queries, submitted: () => submitted }
}

async function write(text: string): Promise<void> {
  vi.useFakeTimers()
  const input = field('Agents')
  input.value = text
  input.dispatchEvent(new Event('input', { bubbles: true }))
  await vi.advanceTimersByTimeAsync(250)
  vi.useRealTimers()
  await flushPromises()
}

async function key(name: string, init: KeyboardEventInit = {}): Promise<KeyboardEvent> {
  const event = new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true, ...init })
  field('Agents').dispatchEvent(event)
  await flushPromises()
  return event
}

const options = (): string[] =>
  [...document.querySelectorAll('[role=option]')].map((one) => one.querySelector('p')?.textContent?.trim() ?? '')

afterEach(() => {
  unmount()
  vi.useRealTimers()
  document.body.replaceChildren()
})

describe('EntryPicker', () => {
  it('searches once typing pauses, and chooses with the arrows and Enter', async () => {
    const { chosen, queries } = await open()
    await write('sspr')
    expect(queries).toEqual(['sspr'])
    expect(pageText()).toContain('2 found')
    expect(field('Agents').getAttribute('aria-expanded')).toBe('true')

    await key('ArrowDown')
    const active = field('Agents').getAttribute('aria-activedescendant') ?? ''
    expect(document.getElementById(active)?.textContent).toContain('sspr-admins')
    expect((await key('Enter')).defaultPrevented).toBe(true)
    expect(chosen()).toEqual([admins])
    expect(field('Agents').value).toBe('')
    expect(options()).toEqual([])
  })

  it('offers nothing twice', async () => {
    const { chosen } = await open([agents.toUpperCase()])
    await write('sspr')
    expect(options()).toEqual(['sspr-admins'])
    await key('Enter')
    expect(chosen()).toEqual([agents.toUpperCase(), admins])
  })

  it('takes a whole DN as it is typed, without a search', async () => {
    const { chosen, queries } = await open()
    await write('cn=Far Away,dc=other')
    await key('Enter')
    expect(queries).toEqual([])
    expect(chosen()).toEqual(['cn=Far Away,dc=other'])
    expect(pageText()).toContain('Far Away')
  })

  it('takes nothing that is neither found nor a DN, and says so', async () => {
    const { chosen, submitted } = await open()
    await write('nobody')
    expect(pageText()).toContain('Nothing begins with “nobody”')
    expect((await key('Enter')).defaultPrevented).toBe(true)
    expect(chosen()).toEqual([])
    expect(submitted()).toBe(0)
  })

  it('leaves Enter to the step when nothing is typed, and to the input method while it composes', async () => {
    const { chosen } = await open()
    expect((await key('Enter')).defaultPrevented).toBe(false)
    await write('sspr')
    expect((await key('Enter', { isComposing: true })).defaultPrevented).toBe(false)
    expect(chosen()).toEqual([])
  })

  it('closes with Escape, takes the last chip with Backspace and any chip with its button', async () => {
    const { chosen } = await open([agents, admins])
    await write('x')
    await write('')
    await key('Backspace')
    expect(chosen()).toEqual([agents])
    button(words.remove.replace('{name}', 'sspr-agents')).click()
    await flushPromises()
    expect(chosen()).toEqual([])
    expect(document.activeElement).toBe(field('Agents'))

    await write('sspr')
    await key('Escape')
    expect(options()).toEqual([])
  })

  it('replaces the one that is chosen where there can be one only', async () => {
    const { chosen } = await open([agents], { single: true })
    await write('sspr-ad')
    await key('Enter')
    expect(chosen()).toEqual([admins])
  })

  it('shows names of the directory as text only', async () => {
    const evil = '<img src=x onerror=alert(1)>'
    await open([], { groups: () => ok([{ dn: agents, name: evil, description: evil }]) })
    await write('sspr')
    expect(pageText()).toContain(evil)
    expect(document.querySelector('form img')).toBeNull()
  })

  it('says why a search was refused and keeps what was typed', async () => {
    await open([], { groups: () => refused('directory-unreachable', { server: 'ldap1' }) })
    await write('sspr')
    expect(pageText()).toContain(messages.en.errors['directory-unreachable'].title)
    expect(field('Agents').value).toBe('sspr')
  })
})
