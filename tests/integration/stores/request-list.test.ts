import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { RequestQuery, Stores } from '../../../src/main/stores/stores'
import type { RequestSort, ResetRequest } from '../../../src/shared/model/request'
import { describeStores } from '../../support/store-databases'
import {
  aClaim,
  aClosing,
  agent,
  aNewRequest,
  anyRequest,
  aPerson,
  aPersonId,
  at,
  aTakenMail,
  mailTimes,
} from '../../support/stores'

describeStores('RequestStore.list', (desks) => {
  let stores: Stores
  let other: Stores
  beforeEach(() => {
    ;({ stores, other } = desks())
  })

  it('gives every request once, newest first, page by page, also where times are equal', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 5 }),
        async (seconds, limit) => {
          const mark = randomUUID()
          for (const second of seconds) {
            await stores.requests.create(aNewRequest({ at: at(second), personUserId: mark }))
          }
          const seen: string[] = []
          let cursor: string | null = null
          do {
            const page = await stores.requests.list({ ...anyRequest, text: mark, cursor, limit })
            expect(page.total).toBe(seconds.length)
            expect(page.requests.length).toBeLessThanOrEqual(limit)
            seen.push(...page.requests.map(({ createdAt, number }) => `${createdAt} ${`${number}`.padStart(9, '0')}`))
            cursor = page.nextCursor
          } while (cursor !== null)
          expect(seen).toEqual([...new Set(seen)].toSorted().toReversed())
          expect(seen).toHaveLength(seconds.length)
        },
      ),
      { numRuns: 15 },
    )
  })

  it('narrows by state and holder', async () => {
    const open = await stores.requests.create(aNewRequest({ at: at(1) }))
    const claimed = await stores.requests.create(aNewRequest({ at: at(2) }))
    const done = await stores.requests.create(aNewRequest({ at: at(3) }))
    await stores.requests.change(claimed.id, 1, aClaim())
    await stores.requests.change(done.id, 1, aClosing())
    const ids = async (query: Partial<RequestQuery>): Promise<string[]> => {
      const { requests, total } = await other.requests.list({ ...anyRequest, ...query })
      expect(total).toBe(requests.length)
      return requests.map((request) => request.id)
    }

    expect(await ids({})).toEqual([done.id, claimed.id, open.id])
    expect(await ids({ states: ['open', 'claimed'] })).toEqual([claimed.id, open.id])
    expect(await ids({ states: ['done', 'done'] })).toEqual([done.id])
    expect(await ids({ holderId: agent.id })).toEqual([done.id, claimed.id])
    expect(await ids({ holderId: agent.id, states: ['claimed'] })).toEqual([claimed.id])
    expect(await ids({ holderId: 'nobody' })).toEqual([open.id])
    expect(await ids({ holderId: aPersonId() })).toEqual([])
  })

  it.each([
    ['山田', true],
    ['山田花子', true],
    ['花子 yamada', true],
    ['ヤマダ', true],
    ['ﾔﾏﾀﾞ', true],
    ['YAMADA', true],
    ['ｙａｍａｄａ．ｈ', true],
    ['1', true],
    ['#1', true],
    ['＃１', true],
    ['２', false],
    ['%', false],
    ['_', false],
    ['yamada_hanako', false],
    ["' or 1=1 --", false],
    ['\\', false],
    ['山田 太郎', false],
  ])('finds 山田 花子 by %j: %j', async (text, found) => {
    await stores.requests.create(aNewRequest())
    expect((await stores.requests.list({ ...anyRequest, text })).total).toBe(found ? 1 : 0)
  })

  it.each(['100%_sure\\', 'o’brien', '"quoted"', '𠮷野', 'a'.repeat(100)])(
    'finds the name %j literally',
    async (name) => {
      await stores.requests.create(aNewRequest({ personName: name }))
      await stores.requests.create(aNewRequest())
      expect((await stores.requests.list({ ...anyRequest, text: name })).requests).toMatchObject([{ personName: name }])
    },
  )

  it.each(['x', 'bm90IGpzb24', Buffer.from('["2026",1]').toString('base64url'), "' or 1=1"])(
    'refuses the cursor %j, which is not from here',
    async (cursor) => {
      await expect(stores.requests.list({ ...anyRequest, cursor })).rejects.toMatchObject({ code: 'invalid-input' })
    },
  )

  it('refuses a limit that is none', async () => {
    await expect(stores.requests.list({ ...anyRequest, limit: 0 })).rejects.toMatchObject({ code: 'invalid-input' })
  })

  describe('against the rules in plain words', () => {
    const sorts: readonly RequestSort[] = ['due', 'newest', 'oldest', 'updated']
    const holders = [agent, { id: aPersonId(), name: '鈴木 健' }]
    const names = [
      ['山田 花子', 'やまだ はなこ', 'yamada.hanako'],
      ['山本 花', 'ヤマモト ハナ', 'yamamoto.hana'],
      ['小鳥遊 玲', 'たかなし れい', 'takanashi.rei'],
      ['O’Brien Ann', '', 'obrien12'],
    ] as const
    const entered = fc.record({
      name: fc.constantFrom(...names),
      second: fc.integer({ min: 0, max: 5 }),
      due: fc.integer({ min: 6, max: 12 }),
      channel: fc.constantFrom('phone' as const, 'mail' as const),
      cause: fc.constantFrom(null, 'not-enabled' as const, 'none' as const),
      state: fc.constantFrom(null, 'claimed' as const, 'done' as const, 'refused' as const),
      holder: fc.integer({ min: 0, max: 1 }),
    })
    const bounds = (max: number) =>
      fc.record({
        from: fc.option(fc.integer({ min: 0, max }).map((second) => at(second))),
        until: fc.option(fc.integer({ min: 0, max }).map((second) => at(second))),
      })
    const asked = fc.record({
      states: fc.constantFrom<RequestQuery['states']>([], ['open', 'claimed'], ['done', 'refused'], ['open', 'done']),
      holderId: fc.constantFrom(null, null, 'nobody', holders[0]?.id ?? '', holders[1]?.id ?? ''),
      causes: fc.constantFrom<RequestQuery['causes']>([], [], ['unknown'], ['not-enabled', 'unknown'], ['none']),
      channels: fc.constantFrom<RequestQuery['channels']>([], [], ['mail'], ['mail', 'phone']),
      due: fc.oneof(fc.constant({ from: null, until: null }), bounds(12)),
      created: fc.oneof(fc.constant({ from: null, until: null }), bounds(5)),
      sort: fc.constantFrom(...sorts),
      text: fc.constantFrom(
        '',
        '',
        '山',
        '山田',
        '花子',
        'ヤマ',
        'yamada',
        'yamada.hanako',
        'ann 12',
        'a',
        '#2',
        '12',
        '鳥遊 れい',
      ),
      limit: fc.integer({ min: 1, max: 4 }),
    })

    type Entered = typeof entered extends fc.Arbitrary<infer Value> ? Value : never

    it('gives what fits in every filter, sort and search, once, in order, page by page', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(entered, { maxLength: 8 }),
          fc.array(asked, { minLength: 8, maxLength: 8 }),
          async (requests, queries) => {
            const desk = await desks().fresh()
            const all: ResetRequest[] = []
            for (const one of requests) all.push(await enter(desk, one))
            for (const query of queries) {
              const { shown, total } = await pages(desk, query)
              const wanted = inOrder(
                all.filter((request) => fits(request, query)),
                query.sort,
              )
              expect(shown).toEqual(wanted.map(({ id }) => id))
              expect(total).toBe(wanted.length)
            }
          },
        ),
        { numRuns: 25 },
      )
    })

    async function enter(desk: Stores, one: Entered): Promise<ResetRequest> {
      const [personName, personReading, personUserId] = one.name
      const { id } = await desk.requests.create(
        aNewRequest({
          personName,
          personReading,
          personUserId,
          at: at(one.second),
          dueAt: at(one.due),
          channel: one.channel,
        }),
      )
      if (one.cause !== null) await desk.requests.setCause(id, one.cause)
      const holder = holders[one.holder] ?? agent
      if (one.state === 'claimed') await desk.requests.change(id, 1, aClaim(one.second + one.due, holder))
      if (one.state === 'done' || one.state === 'refused') {
        await desk.requests.change(id, 1, { ...aClosing(one.state, one.second + one.due), holder })
      }
      return desk.requests.get(id)
    }

    async function pages(
      desk: Stores,
      query: Omit<RequestQuery, 'cursor'>,
    ): Promise<{ shown: string[]; total: number }> {
      const shown: string[] = []
      let cursor: string | null = null
      for (;;) {
        const page = await desk.requests.list({ ...query, cursor })
        expect(page.requests.length).toBeLessThanOrEqual(query.limit)
        expect(page.totalCapped).toBe(false)
        shown.push(...page.requests.map(({ id }) => id))
        cursor = page.nextCursor
        if (cursor === null) return { shown, total: page.total }
      }
    }

    function fits(request: ResetRequest, query: Omit<RequestQuery, 'cursor'>): boolean {
      const { states, holderId, causes, channels, due, created } = query
      return (
        (states.length === 0 || states.includes(request.state)) &&
        (holderId === null || (request.holder?.id ?? 'nobody') === holderId) &&
        (causes.length === 0 || causes.includes(request.cause ?? 'unknown')) &&
        (channels.length === 0 || channels.includes(request.channel)) &&
        (due.from === null || (request.dueAt !== null && request.dueAt >= due.from)) &&
        (due.until === null || (request.dueAt !== null && request.dueAt < due.until)) &&
        (created.from === null || request.createdAt >= created.from) &&
        (created.until === null || request.createdAt < created.until) &&
        folded(query.text)
          .split(' ')
          .filter((word) => word !== '')
          .every((word) => hasWord(request, word))
      )
    }

    function hasWord({ personName, personReading, personUserId, number }: ResetRequest, word: string): boolean {
      const texts = [personName, personReading, personUserId].map((text) => folded(text).replaceAll(' ', ''))
      return texts.some((text) => text.includes(word)) || word === `${number}` || word === `#${number}`
    }

    function folded(text: string): string {
      const hiragana = (kana: string): string => String.fromCharCode(kana.charCodeAt(0) - 0x60)
      return text
        .normalize('NFKC')
        .toLowerCase()
        .replace(/[ァ-ヶ]/gu, hiragana)
    }

    function inOrder(requests: readonly ResetRequest[], sort: RequestSort): ResetRequest[] {
      const by = (key: (request: ResetRequest) => string, sign: 1 | -1) => (one: ResetRequest, two: ResetRequest) =>
        sign * (key(one) < key(two) ? -1 : key(one) > key(two) ? 1 : one.number - two.number)
      const newest = requests.toSorted(by(({ createdAt }) => createdAt, -1))
      switch (sort) {
        case 'newest':
          return newest
        case 'oldest':
          return newest.toReversed()
        case 'updated':
          return requests.toSorted(by(({ updatedAt }) => updatedAt, -1))
        case 'due':
          return [
            ...requests.filter(({ dueAt }) => dueAt !== null).toSorted(by(({ dueAt }) => dueAt ?? '', 1)),
            ...newest.filter(({ dueAt }) => dueAt === null),
          ]
      }
    }
  })

  it('counts up to 1,000 and says that there are more', async () => {
    const taken = Array.from({ length: 1001 }, (_, index) => aTakenMail({ uid: index + 1, person: aPerson() }))
    await stores.mails.take('box', { uidValidity: '1', lastUid: 1001 }, taken, mailTimes)

    for (const text of ['', '山']) {
      expect(await other.requests.list({ ...anyRequest, text, limit: 5 })).toMatchObject({
        total: 1000,
        totalCapped: true,
      })
    }
    const done = await other.requests.list({ ...anyRequest, limit: 5 })
    for (const { id } of done.requests) await stores.requests.change(id, 1, aClosing())
    const open = { ...anyRequest, states: ['open' as const], limit: 5 }
    expect(await other.requests.list(open)).toMatchObject({ total: 996, totalCapped: false })
  })

  it('shows nothing twice and leaves nothing out when requests come and go between the pages', async () => {
    for (let count = 0; count < 6; count++)
      await stores.requests.create(aNewRequest({ at: at(count), dueAt: at(100 + count) }))
    const query = { ...anyRequest, sort: 'due' as const, limit: 2 }
    const first = await stores.requests.list(query)
    const [gone] = first.requests
    await other.requests.change(gone?.id ?? '', 1, aClosing())
    await other.requests.create(aNewRequest({ at: at(50), dueAt: at(100) }))
    await other.requests.create(aNewRequest({ at: at(50), dueAt: at(110) }))

    const second = await stores.requests.list({ ...query, cursor: first.nextCursor })
    const third = await stores.requests.list({ ...query, cursor: second.nextCursor })
    const fourth = await stores.requests.list({ ...query, cursor: third.nextCursor })

    expect([second, third, fourth].flatMap(({ requests }) => requests.map(({ number }) => number))).toEqual([
      3, 4, 5, 6, 8, 1,
    ])
    expect(fourth.nextCursor).toBeNull()
  })

  it('refuses a cursor of another sort', async () => {
    for (let count = 0; count < 3; count++) await stores.requests.create(aNewRequest())
    const { nextCursor } = await stores.requests.list({ ...anyRequest, limit: 1 })
    expect(nextCursor).not.toBeNull()
    await expect(stores.requests.list({ ...anyRequest, sort: 'oldest', cursor: nextCursor })).rejects.toMatchObject({
      code: 'invalid-input',
    })
  })

  it('finds a request in its new place after every change', async () => {
    const { id } = await stores.requests.create(aNewRequest())
    const found = async (query: Partial<RequestQuery>) =>
      (await other.requests.list({ ...anyRequest, text: '山田', ...query })).total
    const steps = [
      aClaim(5),
      aClosing('done', 6),
      { ...aClaim(7), state: 'open' as const, holder: null },
      aClosing('refused', 8),
    ]
    for (const [index, step] of steps.entries()) {
      await stores.requests.change(id, index + 1, step)
      for (const sort of ['due', 'newest', 'oldest', 'updated'] as const) {
        expect(await found({ sort })).toBe(1)
        expect(await found({ sort, states: [step.state] })).toBe(1)
        expect(await found({ sort, states: [step.state === 'done' ? 'open' : 'done'] })).toBe(0)
      }
    }
  })
})
