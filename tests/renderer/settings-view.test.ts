import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, KeepAlive } from 'vue'
import { useSessionStore } from '../../src/renderer/src/stores/session'
import SettingsView from '../../src/renderer/src/views/SettingsView.vue'
import { messages } from '../../src/shared/i18n'
import type { Role } from '../../src/shared/model/operator'
import type { DeskSettings, SecretValues } from '../../src/shared/model/desk-settings'
import type { DeliveryState } from '../../src/shared/model/verification'
import { voicePresets } from '../../src/shared/voice-presets'
import type { Preferences, SettingsView as Facts } from '../../src/shared/model/settings'
import { anActiveStatus, anOperator, fakeApi, ok, refused, type Calls, type FakeApi } from './support/api'
import {
  anEdit,
  aProbe,
  aTrial,
  authority,
  anUntrustedProbe,
  serverCertificate,
  someSettings,
} from './support/desk-settings'
import { pageText, show } from './support/mount'
import { button, field, type } from './support/work'

const words = messages.en
const newPassword = 'Yuyake-Koyake-9'

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
    dueHours: 4,
    foldHours: 24,
    codeMinutes: 5,
    codeTries: 3,
    resendMinutes: 2,
    sendsPerDay: 10,
    directoryNumbers: false,
    methodsToRegister: 2,
    questionsToRegister: 5,
    questionsToAsk: 3,
    reconfirmDays: 180,
    approvalMinutes: 10,
    reportClosureHours: 24,
    allowApp: true,
    allowKey: true,
    allowSms: true,
    allowVoice: true,
    allowCallBack: true,
    allowMail: true,
    allowQuestions: false,
    callBackNeedsApproval: true,
    offerDirectoryData: true,
  },
  vault: 'key-file',
  dataFolder: '/home/sato/.config/desk',
  auditFile: '/home/sato/.config/desk/audit.db',
  store: { kind: 'sqlite' },
  preferences: { language: 'en', theme: 'system', notifications: true },
}

interface Page {
  readonly api: FakeApi
  readonly state: () => string
}

let unmount: () => void = () => undefined

/** As the shell mounts it: who looks is known before the screen is there. */
async function open(roles: readonly Role[], calls: Calls = {}): Promise<Page> {
  const api = fakeApi({
    ...calls,
    session: { status: () => ok(anActiveStatus({ operator: anOperator({ roles: [...roles] }) })), ...calls.session },
    settings: { view: () => ok(facts), edit: () => ok(anEdit()), ...calls.settings },
    intake: { templates: () => ok([]), ...calls.intake },
  })
  const Shell = defineComponent(() => {
    const session = useSessionStore()
    void session.refresh()
    return () => (session.operator === null ? null : h(KeepAlive, null, h(SettingsView)))
  })
  const { wrapper, pinia } = await show(Shell)
  unmount = () => {
    wrapper.unmount()
  }
  return { api, state: () => JSON.stringify(pinia.state.value) }
}

async function press(name: string): Promise<void> {
  button(name).click()
  await flushPromises()
}

function section(name: string): HTMLButtonElement {
  const found = [...document.querySelectorAll<HTMLButtonElement>('nav button')].find((one) =>
    (one.textContent ?? '').trim().startsWith(name),
  )
  if (found === undefined) throw new Error(`no section "${name}"`)
  return found
}

async function goTo(name: keyof typeof words.settings.sections): Promise<void> {
  section(words.settings.sections[name]).click()
  await flushPromises()
}

afterEach(() => {
  vi.useRealTimers()
  unmount()
  document.body.replaceChildren()
  delete document.documentElement.dataset['theme']
})

describe('SettingsView', () => {
  it('applies language, theme and notifications at once and keeps them', async () => {
    const kept: Preferences[] = []
    await open(['agent'], {
      settings: {
        setPreferences: ({ language = 'system', theme = 'system', notifications = true }) => {
          const whole: Preferences = { language, theme, notifications }
          kept.push(whole)
          return ok(whole)
        },
      },
    })

    document.querySelector<HTMLInputElement>('input[value=dark]')?.click()
    await flushPromises()
    expect(document.documentElement.dataset['theme']).toBe('dark')
    field(words.settings.mine.notifications).click()
    await flushPromises()
    document.querySelector<HTMLInputElement>('input[value=ja]')?.click()
    await flushPromises()
    expect(document.documentElement.lang).toBe('ja')

    expect(kept.at(-1)).toEqual({ language: 'ja', theme: 'dark', notifications: false })
    expect(document.querySelector('h1')?.textContent).toBe(messages.ja.settings.title)
  })

  it('shows an agent the facts, and neither asks for what only admins may read nor offers to change it', async () => {
    const { api } = await open(['agent'])
    await goTo('directory')
    for (const text of ['ldaps://ldap1:636', words.settings.directory.system]) expect(pageText()).toContain(text)
    await goTo('roles')
    expect(pageText()).toContain(words.settings.roles.noGroup)
    await goTo('policy')
    expect(pageText()).toContain('10 minutes')
    await goTo('desk')
    for (const text of ['/etc/sspr-desk/config.json', words.settings.storage.kinds['key-file']]) {
      expect(pageText()).toContain(text)
    }
    for (const text of ['In a file of the data folder (SQLite)', words.settings.storage.storeHint]) {
      expect(pageText()).toContain(text)
    }
    await goTo('policy')
    expect(pageText()).toContain(words.connections.policy.fields.allowCallBack)
    expect(pageText()).not.toContain(words.connections.policy.fields.allowQuestions + ' ')
    expect(document.querySelectorAll('main input, main textarea, main select')).toHaveLength(0)
    for (const name of ['voice', 'mailOut', 'securityKey'] as const) {
      expect(() => section(words.settings.sections[name])).toThrow()
    }
    expect(() => section(words.settings.sections.mailbox)).toThrow()
    expect(api.called).not.toContain('settings.edit')
  })

  it('names the shared database, but no way to change it here', async () => {
    const store = {
      kind: 'postgresql',
      server: 'db.sakura.example:5432',
      database: 'sspr',
      schema: '',
      role: 'sspr_desk',
      caFingerprint: 'AA:BB',
    } as const
    await open(['auditor'], { settings: { view: () => ok({ ...facts, store }) } })
    await goTo('desk')
    for (const text of ['db.sakura.example:5432', 'sspr_desk', 'AA:BB', words.settings.storage.storeHint]) {
      expect(pageText()).toContain(text)
    }
    expect(pageText()).not.toContain(words.settings.storage.schema)
  })

  it('shows questions and threat level to those who work with them, for admins alone to change', async () => {
    const catalogue = { ready: [{ id: 'q1', ja: '最初の担任は?', en: 'First teacher?', custom: false }], custom: [] }
    await open(['agent'], { questions: { catalogue: () => ok(catalogue) } })
    await goTo('questions')
    expect(pageText()).toContain('First teacher?')
    expect(pageText()).toContain(words.questions.admin.readOnly)
    await goTo('threat')
    expect(pageText()).toContain(words.threat.text)
    expect(() => button(words.threat.begin.open)).toThrow()
  })

  it('lets nothing of the sample organisation be changed, and says how to get another one', async () => {
    await open(['admin'], { settings: { edit: () => ok(anEdit({ writable: 'sample', file: null, secrets: [] })) } })
    await goTo('directory')
    expect(pageText()).toContain(words.settings.sample.next)
    expect(field(words.connections.directory.domain).disabled).toBe(true)
    expect(() => button(words.connections.directory.test)).toThrow()
  })
})

describe('SettingsView for admins', () => {
  it('says what a save changes, sends it as a whole with the typed secrets, and keeps those out of the stores', async () => {
    const sent: { settings: DeskSettings; secrets: SecretValues }[] = []
    const { state } = await open(['admin'], {
      settings: {
        save: (input) => {
          sent.push(structuredClone(input))
          return ok({ written: true, file: '/etc/sspr-desk/config.json', copy: '', command: '' })
        },
      },
    })
    expect(() => button(words.settings.save.open)).toThrow()
    await goTo('policy')
    type(words.connections.policy.fields.methodsRequired, '１')
    await flushPromises()
    await goTo('mailbox')
    await press(words.connections.secret.replace)
    type(words.connections.mailbox.password, newPassword)
    await flushPromises()
    expect(section(words.settings.sections.policy).textContent).toContain(words.settings.save.changed)

    await press(words.settings.save.open)
    const dialog = document.querySelector('[role=dialog]')?.textContent ?? ''
    expect(dialog).toContain(words.connections.policy.fields.methodsRequired)
    expect(dialog).toContain('2 → 1')
    expect(dialog).toContain('Password or key “mailbox.password”')
    expect(dialog).toContain(words.settings.save.everybody)
    expect(sent).toHaveLength(0)
    expect(dialog + state()).not.toContain(newPassword)

    await press(words.settings.save.confirm)
    expect(sent).toEqual([
      {
        settings: someSettings({ policy: { methodsRequired: 1 } }),
        secrets: { 'mailbox.password': newPassword },
      },
    ])
    expect(document.body.innerHTML + state()).not.toContain(newPassword)
  })

  it('leaves a kept secret alone until another one is typed, and takes a typed one back', async () => {
    await open(['admin'])
    await goTo('mailbox')
    expect(pageText()).toContain(words.connections.secret.kept)
    await press(words.connections.secret.replace)
    type(words.connections.mailbox.password, newPassword)
    await flushPromises()
    expect(pageText()).toContain('One change is not saved yet')
    await press(words.connections.secret.keep)
    expect(() => button(words.settings.save.open)).toThrow()
  })

  it('drops typed secrets when the session is locked', async () => {
    await open(['admin'])
    await goTo('mailbox')
    await press(words.connections.secret.replace)
    type(words.connections.mailbox.password, newPassword)
    await flushPromises()
    useSessionStore().status = anActiveStatus({ phase: 'locked', operator: anOperator({ roles: ['admin'] }) })
    await flushPromises()
    expect(field(words.connections.mailbox.password).value).toBe('')
  })

  it('goes to the refused field and names what is wrong there', async () => {
    const params = {
      file: 'f',
      line: 3,
      field: 'directory.servers[1]',
      problem: 'x',
      problemCode: 'not-a-server',
      expected: '',
    }
    await open(['admin'], { settings: { save: () => refused('setting-invalid', params) } })
    await goTo('directory')
    type(words.connections.directory.servers, 'ldaps://ldap1.example.co.jp:636\nnot a server')
    await flushPromises()
    await goTo('policy')
    await press(words.settings.save.open)
    await press(words.settings.save.confirm)
    expect(document.querySelector('[role=dialog]')).toBeNull()
    expect(field(words.connections.directory.servers).getAttribute('aria-invalid')).toBe('true')
    expect(pageText()).toContain(`Line 2: ${words.common.reason['config-invalid']['not-a-server']}`)
    expect(field(words.connections.directory.servers).value).toContain('not a server')
  })

  it('does not save while a number is out of range, but leads to it', async () => {
    const { api } = await open(['admin'])
    await goTo('policy')
    type(words.connections.policy.fields.proofMinutes, '5')
    await flushPromises()
    type(words.connections.policy.fields.failureLimit, '999')
    await flushPromises()
    await press(words.settings.save.open)
    expect(document.querySelector('[role=dialog]')).toBeNull()
    expect(document.activeElement).toBe(field(words.connections.policy.fields.failureLimit))
    expect(api.called).not.toContain('settings.save')
  })

  it('gives the command when this user may not write, and keeps what was typed', async () => {
    const saved = { written: false, file: '/etc/sspr-desk/config.json', copy: '/tmp/c.json', command: 'sudo install z' }
    await open(['admin'], {
      settings: { edit: () => ok(anEdit({ writable: 'read-only-file' })), save: () => ok(saved) },
    })
    await goTo('desk')
    type(words.settings.file.organisation, '桜製作所')
    await flushPromises()
    await press(words.settings.save.open)
    await press(words.settings.save.confirmCopy)
    expect(document.querySelector<HTMLTextAreaElement>('[role=dialog] textarea')?.value).toBe('sudo install z')
    await press(words.setup.config.check)
    expect(pageText()).toContain(words.settings.save.notThere)
    await press(words.common.close)
    expect(field(words.settings.file.organisation).value).toBe('桜製作所')
  })

  it('reads the file again when somebody else changed it meanwhile', async () => {
    let organisation = '株式会社さくら商事'
    await open(['admin'], {
      settings: {
        edit: () => ok(anEdit({ settings: someSettings({ organisation }) })),
        save: () => refused('config-changed'),
      },
    })
    await goTo('desk')
    type(words.settings.file.organisation, '桜製作所')
    await flushPromises()
    organisation = '若葉工業'
    await press(words.settings.save.open)
    await press(words.settings.save.confirm)
    await press(words.settings.save.readAgain)
    expect(field(words.settings.file.organisation).value).toBe('若葉工業')
    expect(() => button(words.settings.save.open)).toThrow()
  })

  it('discards what was typed', async () => {
    await open(['admin'])
    await goTo('desk')
    type(words.settings.file.organisation, '桜製作所')
    await flushPromises()
    await press(words.settings.save.discard)
    expect(field(words.settings.file.organisation).value).toBe('株式会社さくら商事')
  })

  it('takes an authority over only once a connection with it was trusted', async () => {
    const { state } = await open(['admin'], {
      connections: {
        probe: ({ ca }) => ok(ca === null ? anUntrustedProbe() : aProbe({ trust: 'pinned' })),
      },
    })
    await goTo('directory')
    await press(words.connections.directory.test)
    expect(pageText()).toContain(serverCertificate.subject)
    await press(words.connections.trust.pin)
    expect(() => button(words.settings.save.open)).toThrow()
    field(words.connections.trust.compared).click()
    await flushPromises()
    await press(words.connections.trust.pin)
    expect(pageText()).toContain(words.connections.authority.pinned)
    expect(pageText()).toContain('One change is not saved yet')
    expect(state()).not.toContain(authority.pem.split('\n')[1])
  })

  it('signs in with the changed settings before they are saved, and forgets the password', async () => {
    const tried: unknown[] = []
    const { state } = await open(['admin'], {
      connections: {
        signIn: ({ directory, credentials }) => {
          tried.push([directory.bindDn, credentials.password])
          return ok({ name: '田中 博', kind: 'openldap', peopleBase: 'dc=example' })
        },
      },
    })
    await goTo('directory')
    type(words.connections.directory.bindDn, 'cn={user},dc=sakura,dc=example')
    await flushPromises()
    type(words.setup.account.userId, 'tanaka.hiroshi')
    type(words.setup.account.password, newPassword)
    await flushPromises()
    await press(words.setup.account.submit)
    expect(tried).toEqual([['cn={user},dc=sakura,dc=example', newPassword]])
    expect(pageText()).toContain('Signed in as 田中 博')
    expect(state()).not.toContain(newPassword)
    expect(field(words.setup.account.password).value).toBe('')
  })

  it('sends a test message with typed secrets only, to the number that was typed', async () => {
    const sent: unknown[] = []
    await open(['admin'], {
      connections: {
        sms: (input) => {
          sent.push({ number: input.number, secrets: input.secrets, host: input.sms.allowedHosts })
          return ok(aTrial())
        },
      },
    })
    await goTo('sms')
    type(words.connections.gateway.url, 'https://sms.example.co.jp:8443/send?to={to}&key={secret:token}')
    await flushPromises()
    type(words.connections.gateway.secrets.token, newPassword)
    await flushPromises()
    type(words.connections.sms.number, '090-1234-5678')
    await flushPromises()
    await press(words.connections.sms.test)
    expect(sent).toEqual([
      { number: '090-1234-5678', secrets: { 'sms.token': newPassword }, host: ['sms.example.co.jp:8443'] },
    ])
    expect(pageText()).toContain(words.connections.sms.works)
  })

  it('calls the own number in the chosen language, and follows the call to its end', async () => {
    const sent: unknown[] = []
    let state: DeliveryState = 'ringing'
    const { state: stored } = await open(['admin'], {
      settings: { edit: () => ok(anEdit({ settings: someSettings({ voice: voicePresets.json.settings }) })) },
      connections: {
        voice: ({ number, secrets, language }) => {
          sent.push({ number, secrets, language })
          return ok(aTrial())
        },
        trialState: () => ok({ state }),
      },
    })
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    await goTo('voice')
    type(words.connections.gateway.secrets.token, newPassword)
    await flushPromises()
    type(words.connections.voice.number, '03-1234-5678')
    field(words.connections.trial.languages.en).click()
    await flushPromises()
    await press(words.connections.voice.test)
    expect(sent).toEqual([{ number: '03-1234-5678', secrets: { 'voice.token': newPassword }, language: 'en' }])
    expect(pageText()).toContain(words.connections.voice.works)
    expect(pageText()).toContain(words.connections.voice.states.ringing)
    state = 'no-answer'
    await vi.advanceTimersByTimeAsync(2000)
    expect(pageText()).toContain(words.connections.voice.states['no-answer'])
    state = 'delivered'
    await vi.advanceTimersByTimeAsync(10_000)
    expect(pageText()).not.toContain(words.connections.voice.states.delivered)
    expect(stored()).not.toContain(newPassword)
    expect(stored()).not.toContain('03-1234-5678')

    type(words.connections.gateway.sender, '+81312345678')
    await flushPromises()
    expect(pageText()).not.toContain(words.connections.voice.works)
    expect(pageText()).not.toContain(words.connections.voice.states['no-answer'])
  })

  it('says when a gateway does not tell how the call goes, and asks no further', async () => {
    const { api } = await open(['admin'], {
      settings: { edit: () => ok(anEdit({ settings: someSettings({ voice: voicePresets.json.settings }) })) },
      connections: { voice: () => ok(aTrial()), trialState: () => ok(null) },
    })
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    await goTo('voice')
    type(words.connections.voice.number, '03-1234-5678')
    await flushPromises()
    await press(words.connections.voice.test)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(api.called.filter((call) => call === 'connections.trialState')).toHaveLength(1)
    expect(pageText()).toContain(words.connections.voice.works)
  })

  it('begins a gateway for calls by its preset, asks for its secrets, and says how a number is opened', async () => {
    await open(['admin'])
    await goTo('voice')
    expect(pageText()).toContain(words.settings.voice.none)
    expect(() => field(words.connections.calls.host)).toThrow()
    field(words.connections.calls.schemes.sip).click()
    await flushPromises()
    type(words.connections.calls.host, 'pbx.example.com')
    await flushPromises()
    await press(words.connections.voice.presets.asterisk)
    expect(field(words.connections.gateway.url).value).toContain('asterisk.example.jp')
    expect(() => field(words.connections.gateway.secrets.password)).not.toThrow()
    await press(words.settings.save.open)
    const dialog = document.querySelector('[role=dialog]')?.textContent ?? ''
    expect(dialog).toContain(words.settings.voice.byGateway)
    expect(dialog).toContain('pbx.example.com')
    await press(words.common.cancel)
    await press(words.settings.voice.remove)
    expect(pageText()).toContain(words.settings.voice.none)
  })

  it('sends a test mail with the typed password, and shows main’s refusal at the field of the server', async () => {
    const sent: unknown[] = []
    const params = { file: 'f', line: 3, field: 'smtp.host', problem: 'x', problemCode: 'not-a-host', expected: '' }
    const { state } = await open(['admin'], {
      connections: {
        mailOut: ({ address, password, mailOut }) => {
          sent.push([address, password, mailOut.userName, mailOut.port])
          return ok(aTrial({ ok: false, problem: { code: 'mail-refused', params: { status: 535 } } }))
        },
      },
      settings: { save: () => refused('setting-invalid', params) },
    })
    await goTo('mailOut')
    await press(words.settings.mailOut.begin)
    type(words.connections.mailOut.host, 'smtp.sakura.example')
    await flushPromises()
    expect(() => field(words.connections.mailOut.password)).toThrow()
    type(words.connections.mailOut.userName, 'sspr')
    await flushPromises()
    type(words.connections.mailOut.password, newPassword)
    field(words.connections.mailbox.securities.tls).click()
    await flushPromises()
    type(words.connections.mailOut.number, 'tanaka@sakura.example')
    await flushPromises()
    await press(words.connections.mailOut.test)
    expect(sent).toEqual([['tanaka@sakura.example', newPassword, 'sspr', 465]])
    expect(pageText()).toContain(words.errors['mail-refused'].title)

    await goTo('policy')
    await press(words.settings.save.open)
    expect(document.querySelector('[role=dialog]')?.textContent).toContain('smtp.password')
    await press(words.settings.save.confirm)
    expect(field(words.connections.mailOut.host).getAttribute('aria-invalid')).toBe('true')
    expect(document.body.innerHTML.replaceAll('type="password"', '') + state()).not.toContain(newPassword)
  })

  it('warns that keys stop working with another name or none, and says what this machine can do', async () => {
    await open(['admin'], {
      settings: {
        edit: () => ok(anEdit({ settings: someSettings({ securityKey: { rpId: 'desk.sakura.example' } }) })),
      },
      securityKey: { availability: () => ok({ available: false, reason: 'no-permission' }) },
    })
    await goTo('securityKey')
    expect(pageText()).toContain(words.settings.securityKey.machine['no-permission'])
    expect(pageText()).not.toContain(words.settings.securityKey.breaksNext)
    type(words.settings.securityKey.rpId, ' Keys.Sakura.example')
    await flushPromises()
    expect(field(words.settings.securityKey.rpId).value).toBe('keys.sakura.example')
    expect(pageText()).toContain('Keys that were registered for “desk.sakura.example” stop working')
    await press(words.settings.securityKey.remove)
    expect(pageText()).toContain(words.settings.securityKey.breaksNext)
    await press(words.settings.securityKey.begin)
    expect(field(words.settings.securityKey.rpId).value).toBe('desk.sakura.example')
    expect(() => button(words.settings.save.open)).toThrow()
  })

  it('says what each rule does, lets no more questions be asked than registered, and warns of too few kinds', async () => {
    await open(['admin'])
    await goTo('policy')
    expect(pageText()).toContain(words.connections.policy.hints.reconfirmDays)
    type(words.connections.policy.fields.questionsToRegister, '3')
    await flushPromises()
    type(words.connections.policy.fields.questionsToAsk, '4')
    await flushPromises()
    expect(field(words.connections.policy.fields.questionsToAsk).getAttribute('aria-invalid')).toBe('true')
    type(words.connections.policy.fields.questionsToAsk, '2')
    await flushPromises()
    expect(field(words.connections.policy.fields.questionsToAsk).getAttribute('aria-invalid')).toBeNull()

    for (const name of ['allowApp', 'allowKey', 'allowMail', 'allowQuestions'] as const) {
      field(words.connections.policy.fields[name]).click()
      await flushPromises()
    }
    expect(pageText()).toContain(words.connections.policy.tooFewNext)
    type(words.connections.policy.fields.methodsRequired, '1')
    await flushPromises()
    expect(pageText()).not.toContain(words.connections.policy.tooFewNext)
  })
})
