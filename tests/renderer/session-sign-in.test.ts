import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import App from '../../src/renderer/src/App.vue'
import type { ErrorCode } from '../../src/shared/errors'
import { messages } from '../../src/shared/i18n'
import { anActiveStatus, aStatus, fakeApi, ok, refused, type Calls, type FakeApi } from './support/api'
import { pageText, show } from './support/mount'

const preferences = { language: 'en', theme: 'system', notifications: true } as const
const secret = 'Kawa-Nobori-7'

function desk(session: Calls['session']): FakeApi {
  return fakeApi({
    session: { status: () => ok(aStatus()), touch: () => ok(undefined), ...session },
    settings: {
      preferences: () => ok(preferences),
      setPreferences: ({ language = 'system', theme = 'system', notifications = true }) =>
        ok({ language, theme, notifications }),
    },
  })
}

async function signIn(
  wrapper: Awaited<ReturnType<typeof show>>['wrapper'],
  user: string,
  password: string,
): Promise<void> {
  await wrapper.get('input[autocomplete=username]').setValue(user)
  await wrapper.get('input[autocomplete=current-password]').setValue(password)
  await wrapper.get('form').trigger('submit')
  await flushPromises()
}

afterEach(() => {
  document.body.replaceChildren()
})

describe('signing in', () => {
  it('leads to the shell and keeps no password in Pinia or on the page', async () => {
    const typed: unknown[] = []
    desk({
      signIn: (input) => {
        typed.push(input)
        return ok(anActiveStatus())
      },
    })
    const { wrapper, pinia } = await show(App)

    await signIn(wrapper, ' sato.misaki ', secret)

    expect(typed).toEqual([{ userId: 'sato.misaki', password: secret }])
    expect(wrapper.get('nav').text()).toContain('Queue')
    expect(JSON.stringify(pinia.state.value)).not.toContain(secret)
    expect(document.documentElement.outerHTML).not.toContain(secret)
    wrapper.unmount()
  })

  it('asks the directory nothing while a field is empty, and says which', async () => {
    const api = desk({})
    const { wrapper } = await show(App)

    await signIn(wrapper, '', secret)
    expect(pageText()).toContain(messages.en.session.signIn.userIdMissing)
    await signIn(wrapper, 'sato.misaki', '')
    expect(pageText()).toContain(messages.en.session.signIn.passwordMissing)

    expect(api.called).not.toContain('session.signIn')
    wrapper.unmount()
  })

  it.each<ErrorCode>([
    'sign-in-wrong',
    'sign-in-locked',
    'sign-in-expired',
    'sign-in-must-change',
    'sign-in-disabled',
    'sign-in-account-expired',
    'sign-in-hours',
    'sign-in-workstation',
    'no-role',
    'directory-timeout',
  ])('says %s in its own words, empties the password and keeps the user ID', async (code) => {
    desk({ signIn: () => refused(code) })
    const { wrapper } = await show(App)

    await signIn(wrapper, 'sato.misaki', secret)

    expect(pageText()).toContain(messages.en.errors[code].title)
    expect(pageText()).toContain(messages.en.errors[code].next)
    expect(wrapper.get<HTMLInputElement>('input[autocomplete=username]').element.value).toBe('sato.misaki')
    const field = wrapper.get<HTMLInputElement>('input[autocomplete=current-password]').element
    expect(field.value).toBe('')
    expect(document.activeElement).toBe(field)
    wrapper.unmount()
  })

  it('speaks the other language at once', async () => {
    desk({})
    const { wrapper } = await show(App)

    await wrapper.get('button[lang=ja]').trigger('click')
    await flushPromises()

    expect(document.documentElement.lang).toBe('ja')
    expect(wrapper.get('h1').text()).toBe(messages.ja.session.signIn.title)
    wrapper.unmount()
  })

  it('warns about Caps Lock', async () => {
    desk({})
    const { wrapper } = await show(App)
    const field = wrapper.get('input[autocomplete=current-password]').element

    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'A', modifierCapsLock: true }))
    await flushPromises()

    expect(pageText()).toContain(messages.en.common.capsLock)
    wrapper.unmount()
  })

  it('offers an auditor the audit, and nothing that only agents may use', async () => {
    const status = anActiveStatus()
    desk({
      status: () => ok({ ...status, operator: status.operator && { ...status.operator, roles: ['auditor'] } }),
    })
    const { wrapper, router } = await show(App)

    const entries = wrapper.findAll('nav a').map((link) => link.text())
    expect(entries).toEqual(['Audit', 'Settings'])
    expect(router.currentRoute.value.name).toBe('audit')
    wrapper.unmount()
  })
})
