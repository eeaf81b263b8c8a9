import { flushPromises } from '@vue/test-utils'
import RegistrationDialog from '../../../src/renderer/src/components/registration/RegistrationDialog.vue'
import { useSessionStore } from '../../../src/renderer/src/stores/session'
import type { Api } from '../../../src/shared/contract'
import { messages } from '../../../src/shared/i18n'
import type { RegistrationSummary } from '../../../src/shared/model/registration'
import type { MethodType } from '../../../src/shared/model/verification'
import { fakeApi, ok, type Calls, type FakeApi } from './api'
import { show } from './mount'
import { aRegistration, atWork, button, callerId, field, type, withProps } from './work'

const words = messages.en.registration

/** The approver's password, which must be nowhere once it was sent. */
export const approverPassword = 'Sakura-Fubuki-1'

export const caller = { id: callerId, name: '山田 花子', userId: 'yamada.hanako' }

/** What every start of a registration sends beside its own subject. */
export const identity = {
  personId: callerId,
  document: 'employee-card',
  photoMatches: true,
  nameMatches: true,
  approver: { userId: 'takahashi.yumi', password: approverPassword },
} as const

export interface OpenDialog {
  readonly api: FakeApi
  /** All of Pinia, as text. */
  readonly state: () => string
  /** What the dialog said when it closed. */
  readonly closed: unknown[]
  readonly unmount: () => Promise<void>
}

/** Opens the registration of the caller; the rest of the api comes with `others`. */
export async function openRegistration(
  registration: Partial<Api['registration']> = {},
  summary: RegistrationSummary = aRegistration(),
  others: Calls = {},
): Promise<OpenDialog> {
  const api = fakeApi({
    ...others,
    session: { status: () => ok(atWork()) },
    registration: { list: () => ok(summary), cancel: () => ok(undefined), ...registration },
  })
  const closed: unknown[] = []
  const dialog = withProps(RegistrationDialog, { person: caller, onClose: (what: unknown) => closed.push(what) })
  const { wrapper, pinia } = await show(dialog)
  await useSessionStore().refresh()
  await flushPromises()
  return {
    api,
    state: () => JSON.stringify(pinia.state.value),
    closed,
    unmount: async () => {
      wrapper.unmount()
      await flushPromises()
      document.body.innerHTML = ''
    },
  }
}

export async function press(name: string): Promise<void> {
  button(name).click()
  await flushPromises()
}

export async function chooseType(one: MethodType): Promise<void> {
  field(words.type[one]).click()
  await flushPromises()
}

/** Ticks and types everything that the identity step asks for; `label` null: the method has no name of its own. */
export async function identify(label: string | null): Promise<void> {
  type(words.identity.document, 'employee-card')
  if (!field(words.identity.photoMatches).checked) field(words.identity.photoMatches).click()
  if (!field(words.identity.nameMatches).checked) field(words.identity.nameMatches).click()
  if (label !== null) type(words.identity.label, label)
  type('Approver’s user ID', identity.approver.userId)
  type('Approver’s password', approverPassword)
  await flushPromises()
}

/** Types a code into the field with this label and sends it. */
export async function sendCode(label: string, code: string): Promise<void> {
  type(label, code)
  await flushPromises()
  field(label).form?.requestSubmit()
  await flushPromises()
}
