import { mount } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, KeepAlive, h, ref } from 'vue'
import { handleShortcut, shortcutGroups, shortcutsOn, useShortcuts } from '../../src/renderer/src/lib/keys'

const run = vi.fn()

const Screen = defineComponent({
  name: 'TestScreen',
  setup() {
    useShortcuts('shell.nav.audit', [{ keys: ['j', 'arrowdown'], label: 'audit.keys.down', run }])
    return () => h('main', [h('input'), h('button', 'x')])
  },
})

function press(init: KeyboardEventInit, target: Element = document.body): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init })
  target.dispatchEvent(event)
  return event
}

window.addEventListener('keydown', handleShortcut)
afterEach(() => {
  run.mockClear()
  shortcutsOn.value = true
  document.body.replaceChildren()
})

describe('useShortcuts', () => {
  it('answers while its screen is mounted, and not after', () => {
    const wrapper = mount(Screen, { attachTo: document.body })
    expect(press({ key: 'J', shiftKey: true }).defaultPrevented).toBe(true)
    expect(run).toHaveBeenCalledTimes(1)

    wrapper.unmount()
    press({ key: 'j' })
    expect(run).toHaveBeenCalledTimes(1)
    expect(shortcutGroups).toHaveLength(0)
  })

  it('is silent on a screen that is kept alive behind another', async () => {
    const shown = ref(true)
    const wrapper = mount({ render: () => h(KeepAlive, null, shown.value ? h(Screen) : h('div')) })
    press({ key: 'j' })
    shown.value = false
    await wrapper.vm.$nextTick()
    press({ key: 'j' })
    shown.value = true
    await wrapper.vm.$nextTick()
    press({ key: 'j' })

    expect(run).toHaveBeenCalledTimes(2)
    wrapper.unmount()
  })

  it('leaves alone what is typed, combined, composed, or meant for a dialog', () => {
    const wrapper = mount(Screen, { attachTo: document.body })
    press({ key: 'j' }, wrapper.get('input').element)
    press({ key: 'j', ctrlKey: true })
    press({ key: 'j', metaKey: true })
    press({ key: 'j', isComposing: true })
    const dialog = document.createElement('div')
    dialog.setAttribute('role', 'dialog')
    document.body.append(dialog)
    press({ key: 'j' })

    expect(run).not.toHaveBeenCalled()
    wrapper.unmount()
  })

  it('answers Ctrl and ⌘ in a field too, when it is bound so, and then not to the bare key', () => {
    const Chords = defineComponent({
      name: 'TestChords',
      setup() {
        useShortcuts('shell.nav.audit', [{ keys: ['k'], mod: true, label: 'audit.keys.up', run }])
        return () => h('input')
      },
    })
    const wrapper = mount(Chords, { attachTo: document.body })
    press({ key: 'k' })
    expect(run).not.toHaveBeenCalled()

    shortcutsOn.value = false
    expect(press({ key: 'k', ctrlKey: true }, wrapper.get('input').element).defaultPrevented).toBe(true)
    press({ key: 'K', metaKey: true })
    expect(run).toHaveBeenCalledTimes(2)
    press({ key: 'k', ctrlKey: true, altKey: true })
    press({ key: 'k', ctrlKey: true, isComposing: true })
    expect(run).toHaveBeenCalledTimes(2)
    wrapper.unmount()
  })

  it('answers in a field to a key that is bound so, and leaves it to an input method that composes', () => {
    const Escapes = defineComponent({
      name: 'TestEscapes',
      setup() {
        useShortcuts('shell.nav.audit', [{ keys: ['escape'], inFields: true, label: 'audit.keys.up', run }])
        return () => h('input')
      },
    })
    const wrapper = mount(Escapes, { attachTo: document.body })
    press({ key: 'Escape', isComposing: true }, wrapper.get('input').element)
    expect(run).not.toHaveBeenCalled()
    press({ key: 'Escape' }, wrapper.get('input').element)
    expect(run).toHaveBeenCalledTimes(1)
    wrapper.unmount()
  })

  it('can be turned off', () => {
    const wrapper = mount(Screen, { attachTo: document.body })
    shortcutsOn.value = false
    press({ key: 'j' })

    expect(run).not.toHaveBeenCalled()
    wrapper.unmount()
  })
})
