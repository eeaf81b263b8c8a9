import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { useSessionStore } from '../../src/renderer/src/stores/session'
import SetupView from '../../src/renderer/src/views/SetupView.vue'
import type { Api } from '../../src/shared/contract'
import { messages } from '../../src/shared/i18n'
import type { DeskSettings, SecretValues } from '../../src/shared/model/desk-settings'
import { aStatus, fakeApi, ok, refused, type Calls, type FakeApi } from './support/api'
import { admins, agents, anUntrustedProbe, aProbe, aTrial, authority } from './support/desk-settings'
import { pageText, show } from './support/mount'
import { button, field, type } from './support/work'

const words = messages.en
const password = 'Sakura-Fubuki-1'
const mailboxPassword = 'Yuyake-Koyake-9'

let unmount: () => void = () => undefined

interface Wizard {
  readonly api: FakeApi
  readonly state: () => string
}

async function open(calls: Calls, language: 'en' | 'ja' = 'en'): Promise<Wizard> {
  const api = fakeApi({
    ...calls,
    session: { status: () => ok(aStatus({ phase: 'needs-config', organisation: '' })), ...calls.session },
    connections: {
      probe: () => ok(aProbe()),
      signIn: () => ok({ name: '田中 博', kind: 'openldap', peopleBase: 'ou=people,dc=sakura,dc=example' }),
      groups: ({ query }) =>
        ok(
          [
            { dn: agents, name: 'sspr-agents', description: 'Help desk' },
            { dn: admins, name: 'sspr-admins', description: '' },
          ].filter(({ name }) => name.startsWith(query)),
        ),
      bases: () => ok([]),
      ...calls.connections,
    },
  })
  const { wrapper, pinia } = await show(SetupView, { language })
  await useSessionStore().refresh()
  await flushPromises()
  unmount = () => {
    wrapper.unmount()
  }
  return { api, state: () => JSON.stringify(pinia.state.value) }
}

/** Enter in the step: what the keyboard does. */
async function enter(): Promise<void> {
  const forms = document.querySelectorAll('form')
  forms[forms.length - 1]?.requestSubmit()
  await flushPromises()
}

async function press(name: string): Promise<void> {
  button(name).click()
  await flushPromises()
}

/** A step of the trail, by its name after the number. */
function trail(name: string): HTMLButtonElement {
  const found = [...document.querySelectorAll<HTMLButtonElement>('nav button')].find((one) =>
    (one.textContent ?? '').trim().endsWith(name),
  )
  if (found === undefined) throw new Error(`no step "${name}" in the trail`)
  return found
}

const heading = (): string => document.querySelector('h1')?.textContent?.trim() ?? ''

async function toTrust(): Promise<void> {
  await press(words.setup.start.connect)
  type(words.setup.directory.organisation, '株式会社さくら商事')
  type(words.setup.directory.address, 'ldap1.example.co.jp')
  await flushPromises()
  await enter()
}

async function signIn(): Promise<void> {
  type(words.setup.account.userId, 'tanaka.hiroshi')
  type(words.setup.account.password, password)
  await flushPromises()
  await enter()
}

async function choose(label: string, query: string): Promise<void> {
  vi.useFakeTimers()
  type(label, query)
  await vi.advanceTimersByTimeAsync(250)
  vi.useRealTimers()
  await flushPromises()
  field(label).dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }))
  await flushPromises()
}

async function toSummary(): Promise<void> {
  await toTrust()
  await enter()
  await signIn()
  await choose(words.common.role.agent, 'sspr-ag')
  await choose(words.common.role.admin, 'sspr-ad')
  await enter()
  for (let step = 0; step < 4; step += 1) await enter()
}

afterEach(() => {
  unmount()
  vi.useRealTimers()
  document.body.replaceChildren()
})

describe('SetupView', () => {
  it('offers three ways and opens the sample organisation with one press', async () => {
    const { api } = await open({ session: { useSample: () => ok(aStatus({ sample: true })) } })
    expect(document.activeElement?.textContent?.trim()).toBe(words.setup.start.connect)
    expect(pageText()).toContain('/etc/sspr-desk/config.json')
    await press(words.setup.config.sample)
    expect(api.called).toContain('session.useSample')
  })

  it('takes an expert’s file, and says what to run when it may not be written', async () => {
    const saved = {
      written: false,
      file: '/etc/sspr-desk/config.json',
      copy: '/tmp/config.json',
      command: 'sudo install x',
    }
    await open({ setup: { chooseFile: () => ok(saved) } })
    await press(words.setup.start.choose)
    expect(pageText()).toContain(words.connections.byHand.title)
    expect(document.querySelector<HTMLTextAreaElement>('textarea[readonly]')?.value).toBe('sudo install x')
  })

  it('says nothing and keeps everything when the file dialog was cancelled', async () => {
    const { api } = await open({ setup: { chooseFile: () => ok(null) } })
    await press(words.setup.start.choose)
    expect(document.querySelector('[role=alert]')).toBeNull()
    expect(api.called.filter((call) => call === 'session.status')).toHaveLength(1)
  })
})

describe('SetupWizard', () => {
  it('asks nothing of the server before it has a name and an address', async () => {
    const { api } = await open({})
    await press(words.setup.start.connect)
    await enter()
    expect(api.called).not.toContain('connections.probe')
    expect(pageText()).toContain(words.setup.directory.organisationMissing)
    expect(pageText()).toContain(words.setup.directory.addressMissing)
  })

  it('stays where it is when no server answers, and says what to check', async () => {
    const problem = { code: 'directory-unreachable', params: { server: 'ldap1.example.co.jp' } }
    await open({ connections: { probe: () => ok(aProbe({ reached: null, chain: [], trust: 'untrusted', problem })) } })
    await toTrust()
    expect(heading()).toBe(words.setup.directory.title)
    expect(pageText()).toContain(words.errors['directory-unreachable'].title)
    expect(field(words.setup.directory.address).value).toBe('ldap1.example.co.jp')
  })

  it('trusts an unknown authority only after its fingerprint was compared, and never a server’s certificate', async () => {
    const asked: (string | null)[] = []
    await open({
      connections: {
        probe: ({ ca }) => {
          asked.push(ca)
          return ok(ca === null ? anUntrustedProbe() : aProbe({ trust: 'pinned' }))
        },
      },
    })
    await toTrust()
    expect(heading()).toBe(words.setup.trust.title)
    expect(pageText()).toContain(authority.fingerprint.slice(0, 23))
    await enter()
    expect(asked).toEqual([null])
    expect(pageText()).toContain(words.connections.trust.incomplete)

    field(words.connections.trust.compared).click()
    await flushPromises()
    await enter()
    expect(asked).toEqual([null, authority.pem])
    expect(heading()).toBe(words.setup.account.title)
  })

  it('has no way on but a CA file when the server shows its own certificate alone', async () => {
    const asked: (string | null)[] = []
    const [own] = anUntrustedProbe().chain
    await open({
      connections: {
        probe: ({ ca }) => {
          asked.push(ca)
          return ok(
            ca === null ? anUntrustedProbe({ chain: own === undefined ? [] : [own] }) : aProbe({ trust: 'pinned' }),
          )
        },
        chooseAuthority: () => ok({ pem: authority.pem, fingerprint: authority.fingerprint }),
      },
    })
    await toTrust()
    expect(document.querySelector('input[type=checkbox]')).toBeNull()
    expect(() => button(words.connections.trust.pin)).toThrow()
    expect(button(words.connections.authority.choose).type).toBe('submit')
    await enter()
    expect(asked.at(-1)).toBe(authority.pem)
    expect(heading()).toBe(words.setup.account.title)
  })

  it('prefills the sign-in DN of OpenLDAP and drops the password after its use', async () => {
    const sent: Parameters<Api['connections']['signIn']>[0][] = []
    const { state } = await open({
      connections: {
        signIn: (input) => {
          sent.push(input)
          return refused('sign-in-wrong')
        },
      },
    })
    await toTrust()
    await enter()
    await signIn()
    expect(sent[0]?.directory.bindDn).toBe('uid={user},ou=people,dc=sakura,dc=example')
    expect(sent[0]?.credentials).toEqual({ userId: 'tanaka.hiroshi', password })
    expect(field(words.setup.account.password).value).toBe('')
    expect(field(words.setup.account.userId).value).toBe('tanaka.hiroshi')
    expect(pageText()).toContain(words.setup.account.maybeTemplate)
    expect(state()).not.toContain(password)
  })

  it('finds groups by the keyboard, and does not go on without administrators', async () => {
    await open({})
    await toTrust()
    await enter()
    await signIn()
    expect(heading()).toBe(words.setup.groups.title)
    await enter()
    expect(heading()).toBe(words.setup.groups.title)
    expect(pageText()).toContain(words.setup.groups.nobody)

    await choose(words.common.role.agent, 'sspr-ag')
    expect(document.querySelector(`li[title="${agents}"]`)?.textContent).toContain('sspr-agents')
    expect(pageText()).toContain(words.connections.roles.without.admin)
    await enter()
    expect(heading()).toBe(words.setup.groups.title)
    await choose(words.common.role.admin, 'sspr-ad')
    expect(pageText()).not.toContain(words.connections.roles.without.admin)
    await enter()
    expect(heading()).toBe(words.setup.mailbox.title)
  })

  it('asks to sign in again when the sign-in of the set-up is over, and keeps what was chosen', async () => {
    let over = false
    await open({
      connections: {
        groups: () => (over ? refused('not-signed-in') : ok([{ dn: agents, name: 'sspr-agents', description: '' }])),
      },
    })
    await toTrust()
    await enter()
    await signIn()
    await choose(words.common.role.agent, 'sspr')
    over = true
    await choose(words.common.role.admin, 'sspr')
    expect(pageText()).toContain(words.setup.groups.signedOut)
    await press(words.setup.groups.signInAgain)
    expect(heading()).toBe(words.setup.account.title)
    await signIn()
    expect(heading()).toBe(words.setup.groups.title)
    expect(document.querySelector(`li[title="${agents}"]`)).not.toBeNull()
  })

  it('leaves the optional steps with one key each', async () => {
    await open({})
    await toSummary()
    expect(heading()).toBe(words.setup.summary.title)
    expect(pageText()).toContain(words.setup.summary.later)
  })

  it('keeps what was typed on the way back and forward', async () => {
    await open({})
    await toSummary()
    for (let step = 0; step < 8; step += 1) await press(words.setup.wizard.back)
    expect(field(words.setup.directory.organisation).value).toBe('株式会社さくら商事')
    trail(words.setup.wizard.steps.summary).click()
    await flushPromises()
    expect(pageText()).toContain('sspr-agents')
  })

  it('sends the whole, keeps every secret out of the stores, and goes on by phase', async () => {
    const finished: { settings: DeskSettings; secrets: SecretValues }[] = []
    let written = false
    const { state } = await open({
      session: { status: () => ok(aStatus({ phase: written ? 'needs-vault' : 'needs-config', organisation: '' })) },
      connections: { mailbox: () => ok(aTrial({ facts: { messages: 3 } })) },
      setup: {
        finish: (input) => {
          finished.push(structuredClone(input))
          written = true
          return ok({ written: true, file: '/etc/sspr-desk/config.json', copy: '', command: '' })
        },
      },
    })
    await toTrust()
    await enter()
    await signIn()
    await choose(words.common.role.admin, 'sspr-ad')
    await enter()
    await press(words.setup.mailbox.begin)
    type(words.connections.mailbox.host, 'imap.example.co.jp')
    await flushPromises()
    type(words.connections.mailbox.userName, 'desk')
    await flushPromises()
    type(words.connections.mailbox.password, mailboxPassword)
    await flushPromises()
    await press(words.connections.mailbox.test)
    expect(pageText()).toContain(words.connections.mailbox.works)
    expect(pageText()).toContain('Messages in the folder: 3')
    for (let step = 0; step < 4; step += 1) await enter()
    expect(state()).not.toContain(mailboxPassword)
    await enter()

    expect(finished[0]?.secrets).toEqual({ 'mailbox.password': mailboxPassword })
    expect(finished[0]?.settings).toMatchObject({
      organisation: '株式会社さくら商事',
      directory: {
        kind: 'openldap',
        servers: ['ldaps://ldap1.example.co.jp:636'],
        domain: null,
        ca: null,
        peopleBase: 'ou=people,dc=sakura,dc=example',
      },
      roles: { agent: [], admin: [admins] },
      mailbox: { host: 'imap.example.co.jp', port: 993, userName: 'desk' },
      sms: null,
      sspr: { scope: 'none' },
    })
    expect(useSessionStore().phase).toBe('needs-vault')
    expect(state()).not.toContain(mailboxPassword)
    expect(document.body.innerHTML).not.toContain(mailboxPassword)
  })

  it('takes calls and mails along with their secrets, and drops what was begun and left out', async () => {
    const finished: { settings: DeskSettings; secrets: SecretValues }[] = []
    const { state } = await open({
      setup: {
        finish: (input) => {
          finished.push(structuredClone(input))
          return ok({ written: true, file: '/etc/sspr-desk/config.json', copy: '', command: '' })
        },
      },
    })
    await toSummary()
    trail(words.setup.wizard.steps.ways).click()
    await flushPromises()
    expect(pageText()).toContain(words.setup.ways.skip)
    await press(words.connections.voice.presets.json)
    type(words.connections.gateway.secrets.token, password)
    await flushPromises()
    await press(words.settings.mailOut.begin)
    type(words.connections.mailOut.host, 'smtp.example.co.jp')
    await flushPromises()
    type(words.connections.mailOut.userName, 'sspr')
    await flushPromises()
    type(words.connections.mailOut.password, mailboxPassword)
    await flushPromises()
    expect(pageText()).not.toContain(words.setup.ways.skip)
    await press(words.setup.ways.voiceDrop)
    trail(words.setup.wizard.steps.summary).click()
    await flushPromises()
    expect(pageText()).toContain('smtp.example.co.jp')
    await enter()

    expect(finished[0]?.settings).toMatchObject({ voice: null, mailOut: { host: 'smtp.example.co.jp', port: 587 } })
    expect(finished[0]?.secrets).toEqual({ 'smtp.password': mailboxPassword })
    expect(state()).not.toContain(mailboxPassword)
    expect(state()).not.toContain(password)
  })

  it('shows the command when the file could not be written, and looks again', async () => {
    const saved = {
      written: false,
      file: '/etc/sspr-desk/config.json',
      copy: '/tmp/config.json',
      command: 'sudo install y',
    }
    const { api } = await open({ setup: { finish: () => ok(saved) } })
    await toSummary()
    await enter()
    expect(document.querySelector<HTMLTextAreaElement>('textarea[readonly]')?.value).toBe('sudo install y')
    const before = api.called.filter((call) => call === 'session.status').length
    await enter()
    expect(api.called.filter((call) => call === 'session.status')).toHaveLength(before + 1)
    expect(api.called.filter((call) => call === 'setup.finish')).toHaveLength(1)
    expect(pageText()).toContain(words.setup.config.notThere)
  })

  it('leads from a refused field to the step where it is asked', async () => {
    const params = {
      file: 'f',
      line: 3,
      field: 'directory.bindDn',
      problem: 'x',
      problemCode: 'not-a-dn',
      expected: '',
    }
    await open({ setup: { finish: () => refused('setting-invalid', params) } })
    await toSummary()
    await enter()
    await press('Go to “Your account”')
    expect(heading()).toBe(words.setup.account.title)
    expect(field(words.connections.directory.bindDn).getAttribute('aria-invalid')).toBe('true')
    expect(pageText()).toContain(words.common.reason['config-invalid']['not-a-dn'])
  })

  it('forgets trust and sign-in when another address is typed', async () => {
    await open({})
    await toSummary()
    trail(words.setup.wizard.steps.directory).click()
    await flushPromises()
    type(words.setup.directory.address, 'other.example.com')
    await flushPromises()
    expect(trail(words.setup.wizard.steps.summary).disabled).toBe(true)
    await enter()
    await enter()
    expect(heading()).toBe(words.setup.account.title)
    expect(field(words.setup.account.password).value).toBe('')
  })

  it('speaks Japanese from the first screen on', async () => {
    await open({}, 'ja')
    await press(messages.ja.setup.start.connect)
    expect(heading()).toBe(messages.ja.setup.directory.title)
  })
})
