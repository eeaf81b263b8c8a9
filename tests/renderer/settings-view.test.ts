import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import { h, KeepAlive } from 'vue'
import SettingsView from '../../src/renderer/src/views/SettingsView.vue'
import { messages } from '../../src/shared/i18n'
import type { Preferences, SettingsView as Facts } from '../../src/shared/model/settings'
import { fakeApi, ok } from './support/api'
import { pageText, show } from './support/mount'

const facts: Facts = {
  version: '0.1.0',
  configFile: '/etc/sspr-desk/config.json',
  configSource: 'machine',
  organisation: '株式会社さくら商事',
  directory: {
    kind: 'openldap',
    servers: ['ldaps://ldap1:636'],
    peopleBase: 'ou=people',
    caFile: '',
    caFingerprint: '',
  },
  roles: [{ role: 'agent', groups: [] }],
  policy: {
    methodsRequired: 2,
    proofMinutes: 10,
    failureLimit: 5,
    closureHours: 24,
    coolDownDays: 7,
    passwordLength: 14,
    idleLockMinutes: 5,
    requestExpiryDays: 7,
    clipboardSeconds: 30,
  },
  vault: 'key-file',
  dataFolder: '/home/sato/.config/desk',
  auditFile: '/home/sato/.config/desk/audit.db',
  preferences: { language: 'en', theme: 'system' },
}

afterEach(() => {
  document.body.replaceChildren()
  delete document.documentElement.dataset['theme']
})

describe('SettingsView', () => {
  it('applies language and theme at once and keeps them', async () => {
    const kept: Preferences[] = []
    fakeApi({
      settings: {
        view: () => ok(facts),
        setPreferences: ({ language = 'system', theme = 'system' }) => {
          const whole: Preferences = { language, theme }
          kept.push(whole)
          return ok(whole)
        },
      },
    })
    const { wrapper } = await show({ render: () => h(KeepAlive, null, h(SettingsView)) })

    await wrapper.get('input[value=dark]').setValue()
    await flushPromises()
    expect(document.documentElement.dataset['theme']).toBe('dark')
    await wrapper.get('input[value=ja]').setValue()
    await flushPromises()
    expect(document.documentElement.lang).toBe('ja')

    expect(kept.at(-1)).toEqual({ language: 'ja', theme: 'dark' })
    expect(wrapper.get('h1').text()).toBe(messages.ja.settings.title)
    wrapper.unmount()
  })

  it('shows the facts of the configuration, and says what a key file means', async () => {
    fakeApi({ settings: { view: () => ok(facts) } })
    const { wrapper } = await show({ render: () => h(KeepAlive, null, h(SettingsView)) })

    for (const words of [
      '/etc/sspr-desk/config.json',
      'ldaps://ldap1:636',
      messages.en.settings.directory.system,
      messages.en.settings.roles.noGroup,
      '10 minutes',
      messages.en.settings.storage.kinds['key-file'],
    ]) {
      expect(pageText()).toContain(words)
    }
    wrapper.unmount()
  })
})
