import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createPersonSearch } from '../../src/renderer/src/stores/people'
import type { Answer } from '../../src/shared/contract'
import type { Result } from '../../src/shared/errors'
import type { PersonSummary } from '../../src/shared/model/person'
import { fakeApi, ok, refused } from './support/api'
import { callerId } from './support/work'

type Found = Result<Answer<'people', 'search'>>

function found(name: string): PersonSummary {
  return {
    id: callerId,
    name,
    reading: '',
    userId: name,
    mail: '',
    department: '',
    employeeNumber: '',
    lock: 'unknown',
    disabled: false,
  }
}

describe('createPersonSearch', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('asks once for a run of key strokes', async () => {
    const queries: string[] = []
    fakeApi({
      people: {
        search: ({ query }) => {
          queries.push(query)
          return ok({ people: [found(query)], more: false })
        },
      },
    })
    const search = createPersonSearch()
    for (const typed of ['y', 'ya', 'yam']) search.type(typed)
    await vi.runAllTimersAsync()

    expect(queries).toEqual(['yam'])
    expect(search.people.value.map(({ name }) => name)).toEqual(['yam'])
    expect(search.answered.value).toBe('yam')
  })

  it('drops an answer that comes after a later question', async () => {
    const waiting = new Map<string, (answer: Found) => void>()
    fakeApi({ people: { search: ({ query }) => new Promise((resolve) => waiting.set(query, resolve)) } })
    const search = createPersonSearch()
    search.query.value = 'slow'
    const slow = search.now()
    search.query.value = 'fast'
    const fast = search.now()

    waiting.get('fast')?.({ ok: true, value: { people: [found('fast')], more: false } })
    await fast
    waiting.get('slow')?.({ ok: true, value: { people: [found('slow')], more: true } })
    await slow

    expect(search.people.value.map(({ name }) => name)).toEqual(['fast'])
    expect(search.more.value).toBe(false)
    expect(search.busy.value).toBe(false)
  })

  it('gives a hint, no error, while there is too little to search by', async () => {
    fakeApi({ people: { search: () => refused('search-too-short') } })
    const search = createPersonSearch()
    search.query.value = 'y'
    await search.now()

    expect(search.tooShort.value).toBe(true)
    expect(search.error.value).toBeNull()
    expect(search.answered.value).toBeNull()
  })

  it('keeps a real refusal, and forgets it with the next question', async () => {
    let answer: Promise<Found> = refused('directory-timeout', { server: 'dc1' })
    fakeApi({ people: { search: () => answer } })
    const search = createPersonSearch()
    search.query.value = 'yamada'
    await search.now()
    expect(search.error.value).toMatchObject({ code: 'directory-timeout' })

    answer = ok({ people: [], more: false })
    await search.now()
    expect(search.error.value).toBeNull()
    expect(search.answered.value).toBe('yamada')
  })

  it('asks nothing when the field is emptied', async () => {
    const api = fakeApi({})
    const search = createPersonSearch()
    search.type('   ')
    await vi.runAllTimersAsync()

    expect(api.called).toEqual([])
    expect(search.answered.value).toBeNull()
  })
})
