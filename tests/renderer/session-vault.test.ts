import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import App from '../../src/renderer/src/App.vue'
import { messages } from '../../src/shared/i18n'
import { aStatus, fakeApi, ok, refused, type Calls, type FakeApi } from './support/api'
import { pageText, show } from './support/mount'

const preferences = { language: 'en', theme: 'system', notifications: true } as const
const recoveryKey = '7K2M-9QXA-B4TD-1F0Z'
const passphrase = 'sakura kaminari fune tokei'

function desk(phase: 'needs-vault' | 'vault-locked', vault: Calls['vault']): FakeApi {
  let status = aStatus({ phase })
  return fakeApi({
    session: { status: () => ok(status) },
    settings: { preferences: () => ok(preferences) },
    vault: {
      protection: () => ok({ kind: 'passphrase' }),
      create: () => {
        status = aStatus()
        return ok({ recoveryKey, status })
      },
      ...vault,
    },
  })
}

afterEach(() => {
  document.body.replaceChildren()
})

describe('making the installation key', () => {
  it('asks the passphrase twice, and shows the recovery key until its last group was typed', async () => {
    const api = desk('needs-vault', {})
    const { wrapper, pinia } = await show(App)

    await wrapper.get('form').trigger('submit')
    expect(pageText()).toContain(messages.en.setup.vault.missing)
    const [first, second] = wrapper.findAll('input')
    await first?.setValue(passphrase)
    await second?.setValue('another')
    await wrapper.get('form').trigger('submit')
    expect(pageText()).toContain(messages.en.setup.vault.mismatch)
    expect(api.called).not.toContain('vault.create')

    await second?.setValue(passphrase)
    await wrapper.get('form').trigger('submit')
    await flushPromises()
    for (const group of recoveryKey.split('-')) expect(wrapper.get('ol').text()).toContain(group)
    expect(JSON.stringify(pinia.state.value)).not.toContain('9QXA')
    expect(JSON.stringify(pinia.state.value)).not.toContain('kaminari')

    await wrapper.get('input').setValue('B4TD')
    await wrapper.get('form').trigger('submit')
    expect(pageText()).toContain('These are not the last 4 characters')
    expect(wrapper.find('ol').exists()).toBe(true)

    await wrapper.get('input').setValue('1foz')
    await wrapper.get('form').trigger('submit')
    await flushPromises()
    expect(wrapper.get('h1').text()).toBe(messages.en.session.signIn.title)
    expect(document.documentElement.outerHTML).not.toContain('9QXA')
    wrapper.unmount()
  })

  it('keeps the recovery key on screen whatever main pushes meanwhile', async () => {
    const api = desk('needs-vault', { protection: () => ok({ kind: 'safe-storage' }) })
    const { wrapper } = await show(App)
    await wrapper.get('form').trigger('submit')
    await flushPromises()

    api.emit('session-changed', { reason: 'signed-out' })
    await flushPromises()

    expect(wrapper.find('ol').exists()).toBe(true)
    wrapper.unmount()
  })
})

describe('opening the installation key', () => {
  it('says that the passphrase is wrong, and takes the recovery key with a new passphrase in its place', async () => {
    const given: unknown[] = []
    desk('vault-locked', {
      unlock: () => refused('vault-passphrase-wrong'),
      recover: (input) => {
        given.push(input)
        return ok(aStatus())
      },
    })
    const { wrapper } = await show(App)

    await wrapper.get('input').setValue('wrong')
    await wrapper.get('form').trigger('submit')
    await flushPromises()
    expect(pageText()).toContain(messages.en.errors['vault-passphrase-wrong'].title)

    await wrapper
      .findAll('button')
      .find((one) => one.text() === messages.en.setup.unlock.useRecovery)
      ?.trigger('click')
    const [key, first, second] = wrapper.findAll('input')
    await key?.setValue(recoveryKey)
    await first?.setValue(passphrase)
    await second?.setValue(passphrase)
    await wrapper.get('form').trigger('submit')
    await flushPromises()

    expect(given).toEqual([{ recoveryKey, passphrase }])
    expect(wrapper.get('h1').text()).toBe(messages.en.session.signIn.title)
    wrapper.unmount()
  })
})

describe('a desk without a usable configuration', () => {
  it('says where the file belongs and offers the sample organisation', async () => {
    fakeApi({
      session: {
        status: () => ok(aStatus({ phase: 'needs-config' })),
        useSample: () => ok(aStatus({ phase: 'signed-out', sample: true })),
      },
      settings: { preferences: () => ok(preferences) },
    })
    const { wrapper } = await show(App)
    expect(pageText()).toContain('/etc/sspr-desk/config.json')

    await wrapper
      .findAll('button')
      .find((one) => one.text() === messages.en.setup.config.sample)
      ?.trigger('click')
    await flushPromises()

    expect(pageText()).toContain(messages.en.session.signIn.sampleTitle)
    wrapper.unmount()
  })

  it('names file, field and line of a mistake, and checks again', async () => {
    const params = {
      file: '/etc/sspr-desk/config.json',
      line: 12,
      field: 'policy',
      problemCode: 'missing',
      problem: '',
    }
    let status = aStatus({ phase: 'config-broken', problem: { code: 'config-invalid', params } })
    fakeApi({ session: { status: () => ok(status) }, settings: { preferences: () => ok(preferences) } })
    const { wrapper } = await show(App)
    expect(wrapper.get('[role=alert]').text()).toContain('line 12, field “policy”: the field is missing')

    status = aStatus()
    await wrapper
      .findAll('button')
      .find((one) => one.text() === messages.en.setup.broken.check)
      ?.trigger('click')
    await flushPromises()

    expect(wrapper.get('h1').text()).toBe(messages.en.session.signIn.title)
    wrapper.unmount()
  })
})
