import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia, type Pinia } from 'pinia'
import { defineComponent, h, type Component } from 'vue'
import { createMemoryHistory, createRouter, type Router } from 'vue-router'
import { i18n, setLanguage } from '../../../src/renderer/src/lib/i18n'
import type { Language } from '../../../src/shared/model/common'

interface Screen {
  readonly wrapper: VueWrapper
  readonly pinia: Pinia
  readonly router: Router
}

/** Puts a component on a page as the app would, in English unless told, and waits until it has settled. */
export async function show(
  component: Component,
  options: { readonly language?: Language; readonly routes?: Component } = {},
): Promise<Screen> {
  standInForDialogs()
  // jsdom lays nothing out, so it has nowhere to scroll to.
  Element.prototype.scrollIntoView = () => undefined
  const pinia = createPinia()
  setActivePinia(pinia)
  setLanguage(options.language ?? 'en')
  const page = options.routes ?? { template: '<main />' }
  const router = createRouter({
    history: createMemoryHistory(),
    routes: ['queue', 'call', 'people', 'approvals', 'audit', 'settings'].map((name) => ({
      path: name === 'call' ? '/call/:requestId?' : `/${name}`,
      name,
      component: page,
    })),
  })
  await router.push('/queue')
  const wrapper = mount(defineComponent({ name: 'TestPage', render: () => h(component) }), {
    attachTo: document.body,
    global: { plugins: [pinia, i18n, router] },
  })
  await flushPromises()
  return { wrapper, pinia, router }
}

/** The page as a reader has it: text of the body without the surplus spaces. */
export function pageText(): string {
  return (document.body.textContent ?? '').replace(/\s+/gu, ' ')
}

// jsdom has no modal dialogs.
function standInForDialogs(): void {
  if ('showModal' in HTMLDialogElement.prototype) return
  Object.defineProperty(HTMLDialogElement.prototype, 'showModal', {
    configurable: true,
    value(this: HTMLDialogElement) {
      this.setAttribute('open', '')
    },
  })
}
