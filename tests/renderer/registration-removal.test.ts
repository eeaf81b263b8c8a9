import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import RegistrationSummary from '../../src/renderer/src/components/registration/RegistrationSummary.vue'
import type { Api } from '../../src/shared/contract'
import { fakeApi, ok, refused, type FakeApi } from './support/api'
import { pageText, show } from './support/mount'
import { button, callerId, field, type, withProps } from './support/work'

const method = {
  id: '0d9f2f4e-8f6a-4a52-9d8e-0c6c1c3f7a11',
  kind: 'app',
  label: 'Pixel 9',
  masked: '',
  registeredAt: '2026-11-20T00:00:00.000Z',
  lastUsedAt: null,
}
const person = { id: callerId, name: '山田 花子', userId: 'yamada.hanako' }

let unmount: () => void = () => undefined

async function open(removable: boolean, remove: Api['registration']['remove']): Promise<FakeApi> {
  const api = fakeApi({
    registration: { list: () => ok({ methods: [method], required: 1, ready: true }), remove },
  })
  const { wrapper } = await show(withProps(RegistrationSummary, { person, removable }))
  await flushPromises()
  unmount = () => {
    wrapper.unmount()
  }
  return api
}

async function press(name: string): Promise<void> {
  button(name).click()
  await flushPromises()
}

async function fill(): Promise<void> {
  await press('Remove…')
  type('Document that was seen', 'employee-card')
  field('The photo shows this person').click()
  field('The name is the one in the directory').click()
  type('Approver’s user ID', 'takahashi.yumi')
  type('Approver’s password', 'Sakura-Fubuki-1')
  await flushPromises()
  await press('Remove the method')
}

afterEach(() => {
  unmount()
  document.body.innerHTML = ''
})

describe('RegistrationSummary', () => {
  it('offers no removal to those who may not change anything', async () => {
    await open(false, () => refused('internal'))

    expect(pageText()).toContain('Pixel 9')
    expect(pageText()).not.toContain('Remove')
  })

  it('asks for the identity and an approver before it removes', async () => {
    const asked: unknown[] = []
    const api = await open(true, (input) => {
      asked.push(input)
      return ok({ methods: [], required: 1, ready: false })
    })
    await press('Remove…')
    await press('Remove the method')
    expect(api.called).not.toContain('registration.remove')
    await press('Cancel')

    await fill()

    expect(asked).toEqual([
      {
        personId: callerId,
        methodId: method.id,
        document: 'employee-card',
        photoMatches: true,
        nameMatches: true,
        approver: { userId: 'takahashi.yumi', password: 'Sakura-Fubuki-1' },
      },
    ])
    expect(pageText()).toContain('“Pixel 9” was removed.')
    expect(pageText()).toContain('Nothing registered')
  })

  it('keeps the dialog with the reason when the approver is refused', async () => {
    await open(true, () => refused('approver-is-agent'))

    await fill()

    expect(pageText()).toContain('approver-is-agent')
    expect(field('Approver’s password')).toHaveProperty('value', '')
  })
})
