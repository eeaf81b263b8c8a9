import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import NewRequestDialog from '../../src/renderer/src/components/requests/NewRequestDialog.vue'
import type { Api } from '../../src/shared/contract'
import { fakeApi, ok, refused, type FakeApi } from './support/api'
import { pageText, show } from './support/mount'
import { aCard, aRequest, button, callerId, field, requestId, withProps } from './support/work'

let unmount: () => void = () => undefined

async function open(
  person: ReturnType<typeof aCard> | null,
  requests: Partial<Api['requests']>,
): Promise<{ api: FakeApi; heard: [string, unknown][] }> {
  const heard: [string, unknown][] = []
  const api = fakeApi({ requests })
  const { wrapper } = await show(
    withProps(NewRequestDialog, {
      person,
      onClose: () => heard.push(['close', null]),
      onCreated: (request: unknown) => heard.push(['created', request]),
      onExisting: (id: unknown) => heard.push(['existing', id]),
    }),
  )
  unmount = () => {
    wrapper.unmount()
  }
  return { api, heard }
}

async function press(name: string): Promise<void> {
  button(name).click()
  await flushPromises()
}

const calls = {
  list: () => ok({ requests: [], nextCursor: null, total: 0, totalCapped: false }),
  get: () => ok({ request: aRequest(), events: [] }),
}

afterEach(() => {
  unmount()
  document.body.innerHTML = ''
})

describe('NewRequestDialog', () => {
  it('enters and claims what was said', async () => {
    const given: unknown[] = []
    const { heard } = await open(aCard(), {
      ...calls,
      create: (input) => {
        given.push(input)
        return ok(aRequest())
      },
    })
    field('At the desk').click()
    field('Locked out').click()
    await flushPromises()
    await press('Enter and claim')

    expect(given).toEqual([{ personId: callerId, channel: 'walk-in', reason: 'locked-out', note: '', claim: true }])
    expect(heard.map(([name]) => name)).toEqual(['created'])
  })

  it('asks for a person first', async () => {
    const { api } = await open(null, {})
    await press('Enter only')

    expect(api.called).toEqual([])
    expect(pageText()).toContain('Choose a person first.')
  })

  it('offers the request that the person already has, and keeps what was chosen', async () => {
    const { heard } = await open(aCard(), { create: () => refused('request-exists', { requestId, number: 7 }) })
    await press('Enter and claim')
    expect(pageText()).toContain('山田 花子 already has request 7.')
    expect(heard).toEqual([])

    await press('Open request 7')
    expect(heard).toEqual([['existing', requestId]])
  })
})
