import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import RegistrationSummary from '../../src/renderer/src/components/registration/RegistrationSummary.vue'
import { useRegistrationStore } from '../../src/renderer/src/stores/registration'
import { useSessionStore } from '../../src/renderer/src/stores/session'
import { messages } from '../../src/shared/i18n'
import type { Api } from '../../src/shared/contract'
import type { RegistrationSummary as Summary } from '../../src/shared/model/registration'
import { fakeApi, ok, refused, type FakeApi } from './support/api'
import { pageText, show } from './support/mount'
import { approverPassword, caller, identify, identity, press, sendCode } from './support/registration'
import {
  aCodeEnrolment,
  aMethod,
  aRegistration,
  atWork,
  button,
  field,
  minutesFromNow,
  type,
  withProps,
} from './support/work'

const words = messages.en.registration
const app = aMethod()
const number = aMethod({
  id: '00000000-0000-4000-a000-000000000002',
  type: 'mobile',
  kind: 'phone',
  label: 'Work phone',
  masked: '••• 5678',
  isDefault: false,
})
const imported = aMethod({ ...number, confirmedAt: null })

let unmount: () => void = () => undefined

interface Shown {
  readonly api: FakeApi
  readonly state: () => string
}

async function card(
  summary: Summary,
  registration: Partial<Api['registration']> = {},
  props: { readonly editable?: boolean; readonly revealable?: boolean } = { editable: true },
): Promise<Shown> {
  const api = fakeApi({
    session: { status: () => ok(atWork()) },
    registration: { list: () => ok(summary), cancel: () => ok(undefined), ...registration },
  })
  const { wrapper, pinia } = await show(withProps(RegistrationSummary, { person: caller, ...props }))
  await useSessionStore().refresh()
  await flushPromises()
  unmount = () => {
    wrapper.unmount()
  }
  return { api, state: () => JSON.stringify(pinia.state.value) }
}

/** Opens the menu of a method by the keyboard and answers its lines. */
async function menuOf(label: string): Promise<string[]> {
  const opener = button(words.summary.actions.replace('{label}', label))
  opener.focus()
  opener.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
  await flushPromises()
  return [...document.querySelectorAll('[role="menuitem"]')].map((one) => (one.textContent ?? '').trim())
}

async function act(label: string, line: string): Promise<void> {
  await menuOf(label)
  const item = [...document.querySelectorAll<HTMLElement>('[role="menuitem"]')].find(
    (one) => (one.textContent ?? '').trim() === line,
  )
  if (item === undefined) throw new Error(`no line "${line}" in the menu`)
  item.click()
  await flushPromises()
}

afterEach(async () => {
  unmount()
  unmount = () => undefined
  await flushPromises()
  document.body.innerHTML = ''
})

describe('RegistrationSummary', () => {
  it('names each method by its type, with its mask and what holds for it', async () => {
    await card(
      aRegistration({
        methods: [
          app,
          aMethod({ ...imported }),
          aMethod({ id: crypto.randomUUID(), label: 'Old', isDefault: false, dueForConfirmation: true }),
        ],
        required: 1,
        counting: 1,
        ready: true,
      }),
    )
    const rows = [...document.querySelectorAll('li')].map((one) => (one.textContent ?? '').replace(/\s+/gu, ' '))

    expect(rows[0]).toContain('Authenticator appPixel 9Default')
    expect(rows[1]).toContain('Mobile phoneWork phone••• 5678Not confirmed')
    expect(rows[1]).toContain(words.summary.unconfirmedHint)
    expect(rows[1]).not.toContain(words.summary.due)
    expect(rows[2]).toContain(words.summary.due)
  })

  it('says how a due key or due answers are renewed, and offers no code for them', async () => {
    const due = { dueForConfirmation: true, isDefault: false } as const
    const methods = [
      aMethod({ ...due, id: crypto.randomUUID(), type: 'key', kind: 'key', label: 'Blue key' }),
      aMethod({ ...due, id: crypto.randomUUID(), type: 'questions', kind: 'knowledge', label: '' }),
      aMethod({ ...due, id: crypto.randomUUID(), label: 'Old phone' }),
      aMethod({ ...due, id: crypto.randomUUID(), type: 'mail', kind: 'mail', label: 'Private', channels: [] }),
    ]
    const wanted = [true, true, false, false]
    await card(aRegistration({ methods }), {}, { editable: true })
    const rows = [...document.querySelectorAll('li')].map((one) => one.textContent ?? '')
    expect(rows.map((row) => row.includes(words.summary.dueHint))).toEqual(wanted)

    // An app shows its own code; to the address nothing can be sent at this desk.
    const offers: boolean[] = []
    for (const label of ['Blue key', words.type.questions, 'Old phone', 'Private']) {
      unmount()
      document.body.innerHTML = ''
      await card(aRegistration({ methods }), {}, { editable: true })
      offers.push((await menuOf(label)).includes(words.summary.confirmAgain))
    }
    expect(offers).toEqual([false, false, true, false])
  })

  it('says what to do where nothing is registered', async () => {
    await card(aRegistration())

    expect(pageText()).toContain(words.summary.none)
    expect(pageText()).toContain(words.summary.noneNext)
    expect(pageText()).toContain('Not enough yet: 2 methods of different kinds are needed')
  })

  it('advises a backup only while there is enough for a check but nothing beyond it', async () => {
    await card(aRegistration({ methods: [number], required: 1, counting: 1, ready: true }))
    expect(pageText()).toContain(words.backup)
    unmount()
    document.body.innerHTML = ''

    await card(aRegistration({ methods: [number, app], required: 1, counting: 2, ready: true, backup: true }))
    expect(pageText()).not.toContain(words.backup)
    unmount()
    document.body.innerHTML = ''

    await card(aRegistration({ methods: [number], required: 2, counting: 1 }))
    expect(pageText()).not.toContain(words.backup)
  })

  it('offers nothing to those who may not change anything', async () => {
    await card(aRegistration({ methods: [app] }), {}, {})

    expect(pageText()).toContain('Pixel 9')
    expect(document.querySelector('button')).toBeNull()
  })

  it('offers what fits the method, and the full value to admins alone', async () => {
    const methods = [
      app,
      imported,
      aMethod({ id: crypto.randomUUID(), type: 'questions', kind: 'knowledge', label: '', isDefault: false }),
    ]
    await card(aRegistration({ methods }), {}, { editable: true })
    const forApp = await menuOf('Pixel 9')
    unmount()
    document.body.innerHTML = ''
    await card(aRegistration({ methods }), {}, { editable: true, revealable: true })
    const forNumber = await menuOf('Work phone')
    unmount()
    document.body.innerHTML = ''
    await card(aRegistration({ methods }), {}, { editable: true, revealable: true })
    const forQuestions = await menuOf(words.type.questions)

    expect(forApp).toEqual([words.summary.rename, words.removal.start])
    expect(forNumber).toEqual([
      words.summary.confirmFirst,
      words.summary.rename,
      words.summary.reveal,
      words.removal.start,
    ])
    expect(forQuestions).toEqual([words.summary.makeDefault, words.removal.start])
  })

  it('renames at once, without a check of the identity', async () => {
    const asked: unknown[] = []
    await card(aRegistration({ methods: [app] }), {
      rename: (input) => {
        asked.push(input)
        return ok(aRegistration({ methods: [{ ...app, label: input.label }] }))
      },
    })
    await act('Pixel 9', words.summary.rename)
    type(words.rename.label, '  ')
    await flushPromises()
    await press(words.rename.submit)
    expect(asked).toEqual([])
    expect(pageText()).toContain(words.rename.missing)

    type(words.rename.label, ' Pixel 10 ')
    await flushPromises()
    await press(words.rename.submit)
    expect(asked).toEqual([{ personId: caller.id, methodId: app.id, label: 'Pixel 10' }])
    expect(pageText()).toContain('It is called “Pixel 10” now.')
    expect(document.querySelector('[role="dialog"]')).toBeNull()
  })

  it('makes a method the one that is offered first', async () => {
    await card(aRegistration({ methods: [app, number] }), {
      setDefault: () =>
        ok(
          aRegistration({
            methods: [
              { ...app, isDefault: false },
              { ...number, isDefault: true },
            ],
          }),
        ),
    })
    await act('Work phone', words.summary.makeDefault)

    expect(pageText()).toContain('“Work phone” is offered first now.')
    expect(document.querySelectorAll('li')[1]?.textContent).toContain(words.summary.default)
  })

  it('says at once that a person was erased, and offers nothing', async () => {
    await card(aRegistration({ erased: true, types: [] }), {}, { editable: true, revealable: true })

    expect(pageText()).toContain(words.summary.erased)
    expect(pageText()).not.toContain(words.summary.none)
    expect(document.querySelector('button')).toBeNull()
    expect(useRegistrationStore().erased.has(caller.id)).toBe(true)
  })

  it('says why a default was refused', async () => {
    await card(aRegistration({ methods: [app, number] }), { setDefault: () => refused('method-not-found') })
    await act('Work phone', words.summary.makeDefault)

    expect(pageText()).toContain('method-not-found')
    expect(pageText()).not.toContain('is offered first now')
  })

  it('says that a person was erased in place of an error, and shows nothing that was read before', async () => {
    const { state } = await card(aRegistration(), { list: () => refused('person-erased') })

    expect(pageText()).toContain(words.summary.erased)
    expect(pageText()).not.toContain('Code: person-erased')
    expect(state()).not.toContain('methods')
  })
})

describe('ConfirmationDialog', () => {
  it('proves an imported number by a code to it, after the identity check', async () => {
    const asked: unknown[] = []
    const { api } = await card(aRegistration({ methods: [imported] }), {
      startConfirmation: (input) => {
        asked.push(input)
        return ok(aCodeEnrolment())
      },
      confirm: () => ok(aRegistration({ methods: [number], counting: 1 })),
    })
    await act('Work phone', words.summary.confirmFirst)
    expect(pageText()).toContain(words.confirmation.text)
    await press(words.submit.sms)
    expect(asked).toEqual([])

    await identify(null)
    await press(words.submit.sms)
    expect(asked).toEqual([{ ...identity, methodId: imported.id, channel: 'sms', language: 'en' }])
    expect(document.body.innerHTML).not.toContain(approverPassword)
    await sendCode(words.code.label.sms, '123456')

    expect(pageText()).toContain('“Work phone” is confirmed and counts from now on.')
    expect(pageText()).not.toContain(words.summary.unconfirmed)
    expect(api.called).not.toContain('registration.cancel')
  })

  it('asks an app for its own code: nothing is sent', async () => {
    const asked: unknown[] = []
    await card(aRegistration({ methods: [aMethod({ dueForConfirmation: true })] }), {
      startConfirmation: (input) => {
        asked.push(input.channel)
        return ok(
          aCodeEnrolment({
            type: 'app',
            masked: '',
            channel: null,
            channels: [],
            // Nothing was sent, so nothing runs out but the time for it.
            codeExpiresAt: minutesFromNow(-1),
          }),
        )
      },
    })
    await act('Pixel 9', words.summary.confirmAgain)
    expect(pageText()).toContain(words.confirmation.textDue)
    await identify(null)
    await press(words.submit.check)

    expect(asked).toEqual([null])
    expect(pageText()).toContain(words.code.sent.app)
    expect(field(words.code.label.app).disabled).toBe(false)
    expect(pageText()).not.toContain(words.code.resend.sms)
  })

  it('takes it back when it is cancelled or the desk is locked', async () => {
    const { api } = await card(aRegistration({ methods: [imported] }), {
      startConfirmation: () => ok(aCodeEnrolment()),
    })
    await act('Work phone', words.summary.confirmFirst)
    await identify(null)
    await press(words.submit.sms)
    useSessionStore().status = atWork({ phase: 'locked' })
    await flushPromises()

    expect(api.called).toContain('registration.cancel')
    expect(document.querySelector('[role="dialog"]')).toBeNull()
  })
})

describe('RemovalDialog', () => {
  async function remove(): Promise<void> {
    await act('Pixel 9', words.removal.start)
    await identify(null)
    await press(words.removal.submit)
  }

  it('asks for the identity and an approver before it removes', async () => {
    const asked: unknown[] = []
    const { api } = await card(aRegistration({ methods: [app], required: 1, counting: 1, ready: true }), {
      remove: (input) => {
        asked.push(input)
        return ok(aRegistration())
      },
    })
    await act('Pixel 9', words.removal.start)
    expect(pageText()).toContain(words.removal.last)
    await press(words.removal.submit)
    expect(api.called).not.toContain('registration.remove')
    await press(words.cancel)

    await remove()

    expect(asked).toEqual([{ ...identity, methodId: app.id }])
    expect(pageText()).toContain('“Pixel 9” was removed.')
    expect(pageText()).toContain('Nothing registered')
  })

  it('warns of the last one only where it is', async () => {
    await card(aRegistration({ methods: [app, number] }))
    await act('Pixel 9', words.removal.start)

    expect(pageText()).not.toContain(words.removal.last)
    expect(pageText()).toContain(words.removal.textApp)
  })

  it('keeps the dialog with the reason when the approver is refused', async () => {
    await card(aRegistration({ methods: [app] }), { remove: () => refused('approver-is-agent') })

    await remove()

    expect(pageText()).toContain('approver-is-agent')
    expect(field('Approver’s password')).toHaveProperty('value', '')
  })
})
