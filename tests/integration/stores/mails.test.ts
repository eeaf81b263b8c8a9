import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { MailOutcome, Stores, TakenMail } from '../../../src/main/stores/stores'
import { describeStores } from '../../support/store-databases'
import {
  aClaim,
  aClosing,
  agent,
  aNewRequest,
  anyRequest,
  aPerson,
  at,
  aTakenMail,
  mailTimes,
} from '../../support/stores'

const box = 'intake@imap.example/INBOX'

describeStores('MailStore', (desks) => {
  let stores: Stores
  let other: Stores
  beforeEach(() => {
    ;({ stores, other } = desks())
  })

  const take = (desk: Stores, ...mails: TakenMail[]): Promise<MailOutcome[]> =>
    desk.mails.take(box, { uidValidity: '7', lastUid: Math.max(0, ...mails.map(({ uid }) => uid)) }, mails, mailTimes)
  const kinds = (outcomes: readonly MailOutcome[]): string[] => outcomes.map(({ kind }) => kind)
  const requests = async (desk: Stores) => (await desk.requests.list(anyRequest)).requests

  describe('take', () => {
    it('enters a request of the desk itself, with its mail, and moves the cursor', async () => {
      const person = aPerson()
      const mail = aTakenMail({ uid: 12, person, cut: true, text: Uint8Array.of(9, 0, 255), reason: 'locked-out' })
      expect(await stores.mails.cursor(box)).toBeNull()

      const [outcome] = await take(stores, mail)

      const [request] = await requests(other)
      expect(outcome).toEqual({ kind: 'created', request })
      expect(request).toMatchObject({
        personId: person.id,
        personName: person.name,
        channel: 'mail',
        reason: 'locked-out',
        state: 'open',
        holder: null,
        createdBy: null,
        createdAt: mailTimes.at,
        lastAskedAt: at(),
        dueAt: mailTimes.dueAt,
        expiresAt: mailTimes.expiresAt,
        repeats: 0,
        version: 1,
      })
      expect(await other.requests.events(request?.id ?? '')).toMatchObject([{ kind: 'created', by: null, text: '' }])
      const [kept] = await other.mails.ofRequest(request?.id ?? '', 10)
      expect(kept).toEqual({
        mail: {
          id: mail.id,
          receivedAt: at(),
          from: mail.from,
          subject: mail.subject,
          template: mail.template,
          state: 'request',
          trouble: null,
          named: mail.named,
          requestId: request?.id,
          requestNumber: 1,
          cut: true,
        },
        text: Uint8Array.of(9, 0, 255),
        reason: 'locked-out',
      })
      expect(await other.mails.cursor(box)).toEqual({ uidValidity: '7', lastUid: 12 })
      expect(await other.mails.cursor('another')).toBeNull()
    })

    it('keeps what nobody can be asked about, and what a person must look at', async () => {
      const waiting = aTakenMail({ uid: 1 })
      const unclear = aTakenMail({ uid: 2, trouble: 'several-people', person: aPerson() })

      expect(kinds(await take(stores, waiting, unclear))).toEqual(['waiting', 'unclear'])

      expect((await other.mails.get(waiting.id)).mail).toMatchObject({ state: 'waiting', requestId: null })
      expect((await other.mails.get(unclear.id)).mail).toMatchObject({ state: 'unclear', trouble: 'several-people' })
      expect(await requests(other)).toEqual([])
      expect((await other.mails.waiting(10)).map(({ mail }) => mail.id)).toEqual([waiting.id])
    })

    it('takes a mail once: by its place, and by its content under another UIDVALIDITY or in another folder', async () => {
      const mail = aTakenMail({ uid: 5, person: aPerson() })
      await take(stores, mail)

      expect(kinds(await take(other, { ...mail, id: randomUUID() }))).toEqual(['known'])
      expect(kinds(await take(other, { ...mail, id: randomUUID(), digest: randomUUID() }))).toEqual(['known'])
      const again = { ...mail, id: randomUUID(), uid: 900 }
      for (const [mailbox, uidValidity] of [
        [box, '8'],
        ['moved', '1'],
      ] as const) {
        const outcomes = await other.mails.take(mailbox, { uidValidity, lastUid: 900 }, [again, again], mailTimes)
        expect(kinds(outcomes)).toEqual(['known', 'known'])
      }

      expect(await requests(stores)).toMatchObject([{ repeats: 0, version: 1 }])
      expect(await stores.mails.cursor(box)).toEqual({ uidValidity: '8', lastUid: 900 })
    })

    it('takes two mails of one mailbox that say the same, in one batch or later: a form may send the same twice', async () => {
      const person = aPerson()
      const mail = aTakenMail({ uid: 1, person })
      const same = (uid: number): TakenMail => ({ ...mail, id: randomUUID(), uid })

      expect(kinds(await take(stores, mail, same(2)))).toEqual(['created', 'folded'])
      const [request] = await requests(stores)
      await stores.requests.change(request?.id ?? '', 1, aClosing('done', 40))
      // Months later the same words are another cry for help.
      expect(kinds(await take(other, { ...same(3), receivedAt: at(9000) }))).toEqual(['created'])
    })

    it('takes another mail in the same place once the mailbox was made anew', async () => {
      await take(stores, aTakenMail({ uid: 1, person: aPerson() }))
      const next = aTakenMail({ uid: 1, person: aPerson() })
      expect(kinds(await stores.mails.take(box, { uidValidity: '8', lastUid: 1 }, [next], mailTimes))).toEqual([
        'created',
      ])
      expect(await stores.mails.cursor(box)).toEqual({ uidValidity: '8', lastUid: 1 })
    })

    it('never moves the cursor back within one UIDVALIDITY', async () => {
      await stores.mails.take(box, { uidValidity: '7', lastUid: 50 }, [], mailTimes)
      await other.mails.take(box, { uidValidity: '7', lastUid: 20 }, [], mailTimes)
      expect(await stores.mails.cursor(box)).toEqual({ uidValidity: '7', lastUid: 50 })
    })

    it('takes all mails of a call or none', async () => {
      const mail = aTakenMail({ uid: 1, person: aPerson() })
      const sameId = aTakenMail({ uid: 2, id: mail.id, person: aPerson() })

      await expect(take(stores, mail, sameId)).rejects.toThrow(/unique/iu)

      expect(await requests(other)).toEqual([])
      expect(await other.mails.cursor(box)).toBeNull()
      expect(kinds(await take(other, mail))).toEqual(['created'])
    })

    it('makes of any mails, by any two desks at once, one open case per person and one row per mail', async () => {
      const some = fc.array(
        fc.record({ uid: fc.integer({ min: 1, max: 8 }), person: fc.integer({ min: 0, max: 2 }) }),
        {
          minLength: 1,
          maxLength: 10,
        },
      )
      await fc.assert(
        fc.asyncProperty(some, fc.integer({ min: 1, max: 3 }), async (drawn, size) => {
          const people = [aPerson(), aPerson(), aPerson()]
          const mailbox = randomUUID()
          const byUid = new Map(
            drawn.map(({ uid, person }) => [uid, aTakenMail({ uid, person: people[person] ?? null })]),
          )
          const mails = [...byUid.values()].toSorted((one, two) => one.uid - two.uid)
          const read = async (desk: Stores): Promise<MailOutcome[]> => {
            const outcomes: MailOutcome[] = []
            for (let from = 0; from < mails.length; from += size) {
              const part = mails.slice(from, from + size).map((mail) => ({ ...mail, id: randomUUID() }))
              const lastUid = part.at(-1)?.uid ?? 0
              outcomes.push(...(await desk.mails.take(mailbox, { uidValidity: '1', lastUid }, part, mailTimes)))
            }
            return outcomes
          }

          const [mine, theirs] = await Promise.all([read(stores), read(other)])

          const taken = [...mine, ...theirs].filter(({ kind }) => kind !== 'known')
          expect(taken).toHaveLength(mails.length)
          for (const person of people) {
            const theirMails = mails.filter((mail) => mail.person?.id === person.id).length
            const theirRequests = (await requests(stores)).filter(({ personId }) => personId === person.id)
            expect(theirRequests.map(({ repeats }) => repeats)).toEqual(theirMails === 0 ? [] : [theirMails - 1])
          }
        }),
        { numRuns: 12 },
      )
    })
  })

  describe('folding', () => {
    it('counts the second mail of an open case without holding up who works on it', async () => {
      const person = aPerson()
      const { id } = await stores.requests.create(aNewRequest({ personId: person.id }))
      const claimed = await stores.requests.change(id, 1, aClaim())

      const [outcome] = await take(other, aTakenMail({ uid: 1, person, receivedAt: at(30) }))

      expect(outcome).toEqual({ kind: 'folded', request: { ...claimed, repeats: 1, lastAskedAt: at(30) } })
      expect((await stores.requests.events(id)).at(-1)).toMatchObject({ kind: 'repeated', by: null, at: mailTimes.at })
      expect((await stores.mails.ofRequest(id, 5)).map(({ mail }) => mail.requestNumber)).toEqual([claimed.number])
      // The agent's version still holds.
      expect((await stores.requests.change(id, 2, aClosing('done', 90))).state).toBe('done')
    })

    it('folds a mail that was answered meanwhile, and leaves the case closed', async () => {
      const person = aPerson()
      const { id } = await stores.requests.create(aNewRequest({ personId: person.id }))
      const done = await stores.requests.change(id, 1, aClosing('done', 640))

      const times = { ...mailTimes, at: at(700) }
      const mail = aTakenMail({ uid: 1, person, receivedAt: at(40) })
      const [outcome] = await other.mails.take(box, { uidValidity: '7', lastUid: 1 }, [mail], times)

      expect(outcome).toEqual({ kind: 'folded', request: { ...done, repeats: 1, lastAskedAt: at(40) } })
      expect(await requests(stores)).toHaveLength(1)
    })

    it('makes a new request of a mail from minutes before the answer: the clocks of desk and mail server may differ', async () => {
      const person = aPerson()
      const { id } = await stores.requests.create(aNewRequest({ personId: person.id }))
      await stores.requests.change(id, 1, aClosing('done', 640))

      expect(kinds(await take(other, aTakenMail({ uid: 1, person, receivedAt: at(41) })))).toEqual(['created'])
      expect(await requests(stores)).toMatchObject([
        { number: 2, repeats: 0, state: 'open' },
        { id, repeats: 0, state: 'done' },
      ])
    })

    it('makes a new request of a mail whose like was refused: nobody was helped', async () => {
      const person = aPerson()
      const { id } = await stores.requests.create(aNewRequest({ personId: person.id }))
      await stores.requests.change(id, 1, aClosing('refused', 4000))

      expect(kinds(await take(other, aTakenMail({ uid: 1, person, receivedAt: at(41) })))).toEqual(['created'])
      expect(await requests(stores)).toMatchObject([
        { number: 2, repeats: 0, state: 'open' },
        { id, repeats: 0, state: 'refused' },
      ])
    })

    it('makes a new request of a mail that came after the answer, even a second later', async () => {
      const person = aPerson()
      const { id } = await stores.requests.create(aNewRequest({ personId: person.id }))
      await stores.requests.change(id, 1, aClosing('done', 40))

      const outcomes = await take(
        other,
        aTakenMail({ uid: 1, person, receivedAt: at(41) }),
        aTakenMail({ uid: 2, person, receivedAt: at(42) }),
      )

      expect(kinds(outcomes)).toEqual(['created', 'folded'])
      expect(await requests(stores)).toMatchObject([
        { number: 2, repeats: 1, state: 'open' },
        { id, repeats: 0 },
      ])
    })

    it('does not believe a mail server whose clock is ahead', async () => {
      const [outcome] = await take(stores, aTakenMail({ person: aPerson(), receivedAt: at(9_999_999) }))
      expect(outcome).toMatchObject({ request: { lastAskedAt: mailTimes.at } })
    })
  })

  describe('match', () => {
    it('makes a request of an unclear mail, entered by whoever said whose it is', async () => {
      const mail = aTakenMail({ trouble: 'ambiguous-person' })
      await take(stores, mail)
      const person = aPerson()

      const { kind, request } = await other.mails.match(mail.id, person, agent, { ...mailTimes, at: at(500) })

      expect(kind).toBe('created')
      expect(request).toMatchObject({ personId: person.id, createdBy: agent, channel: 'mail', createdAt: at(500) })
      expect((await stores.mails.get(mail.id)).mail).toMatchObject({
        state: 'request',
        trouble: null,
        requestId: request.id,
        requestNumber: request.number,
      })
      expect(await stores.requests.get(request.id)).toEqual(request)
    })

    it('folds into the open case, as taking does', async () => {
      const person = aPerson()
      const open = await stores.requests.create(aNewRequest({ personId: person.id }))
      const mail = aTakenMail()
      await take(stores, mail)

      expect(await other.mails.match(mail.id, person, null, mailTimes)).toMatchObject({
        kind: 'folded',
        request: { id: open.id, repeats: 1, createdBy: agent },
      })
    })

    it('has one winner, whoever matches or dismisses first', async () => {
      for (let round = 0; round < 15; round++) {
        const mail = aTakenMail({ uid: round + 1 })
        await take(stores, mail)
        const answers = await Promise.allSettled([
          stores.mails.match(mail.id, aPerson(), agent, mailTimes),
          other.mails.match(mail.id, aPerson(), null, mailTimes),
          other.mails.dismiss(mail.id, agent, at(70), '広告'),
        ])
        expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
        for (const answer of answers) {
          if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'mail-settled' })
        }
      }
      const made = (await requests(stores)).length
      const matched = (await stores.mails.list({ show: 'all', cursor: null, limit: 50 })).mails
      expect(matched.filter(({ state }) => state === 'request')).toHaveLength(made)
    })

    it('says when there is no such mail', async () => {
      for (const attempt of [
        () => stores.mails.match(randomUUID(), aPerson(), agent, mailTimes),
        () => stores.mails.dismiss(randomUUID(), agent, at(), ''),
        () => stores.mails.setUnclear(randomUUID(), 'unknown-person'),
        () => stores.mails.get(randomUUID()),
      ]) {
        await expect(attempt()).rejects.toMatchObject({ code: 'mail-not-found' })
      }
      expect(await requests(stores)).toEqual([])
    })
  })

  it('makes a waiting mail unclear once, and no settled one', async () => {
    const [mail, settled] = [aTakenMail({ uid: 1 }), aTakenMail({ uid: 2, person: aPerson() })]
    await take(stores, mail, settled)

    const answers = await Promise.all([
      stores.mails.setUnclear(mail.id, 'unknown-person'),
      other.mails.setUnclear(mail.id, 'ambiguous-person'),
    ])

    expect(answers.toSorted()).toEqual([false, true])
    expect(await other.mails.setUnclear(settled.id, 'unknown-person')).toBe(false)
    expect((await other.mails.get(settled.id)).mail.state).toBe('request')
    expect(await stores.mails.waiting(10)).toEqual([])
  })

  it('lets a mail that no template understood wait again, once, and no other one', async () => {
    const mails = [
      aTakenMail({ uid: 1, trouble: 'not-understood', template: null, named: [] }),
      aTakenMail({ uid: 2, trouble: 'nobody-named', named: [] }),
      aTakenMail({ uid: 3, trouble: 'several-people' }),
      aTakenMail({ uid: 4, trouble: 'unreadable' }),
      aTakenMail({ uid: 5, person: aPerson() }),
      aTakenMail({ uid: 6, trouble: 'not-understood' }),
    ]
    await take(stores, ...mails)
    const [first, second, several, unreadable, entered, dismissed] = mails
    if (!first || !second || !several || !unreadable || !entered || !dismissed) throw new Error('six mails')
    await stores.mails.dismiss(dismissed.id, agent, at(70), '広告')
    const reading = { template: 'Form', reason: 'locked-out', named: ['yamada.hanako'] } as const

    expect((await other.mails.notUnderstood(10)).map(({ mail }) => mail.id)).toEqual([second.id, first.id])
    const answers = await Promise.all([stores.mails.setRead(first.id, reading), other.mails.setRead(first.id, reading)])
    expect(answers.toSorted()).toEqual([false, true])
    for (const { id } of [several, unreadable, entered, dismissed]) {
      expect(await stores.mails.setRead(id, reading)).toBe(false)
    }
    expect(await other.mails.get(first.id)).toMatchObject({
      reason: 'locked-out',
      mail: { state: 'waiting', trouble: null, template: 'Form', named: ['yamada.hanako'] },
    })
    expect((await stores.mails.waiting(10)).map(({ mail }) => mail.id)).toEqual([first.id])
  })

  it('dismisses a mail and makes no request of it', async () => {
    const mail = aTakenMail({ trouble: 'not-understood' })
    await take(stores, mail)
    expect(await other.mails.dismiss(mail.id, agent, at(70), '広告')).toMatchObject({ id: mail.id, state: 'dismissed' })
    expect(await requests(stores)).toEqual([])
    expect(kinds(await take(stores, mail))).toEqual(['known'])
  })

  it('lists newest first, page by page, and counts what is to sort', async () => {
    const mails = Array.from({ length: 7 }, (_, index) =>
      aTakenMail({
        uid: index + 1,
        person: index % 3 === 0 ? aPerson() : null,
        trouble: index === 4 ? 'unreadable' : null,
      }),
    )
    await take(stores, ...mails)
    const uids = async (show: 'to-sort' | 'all'): Promise<(number | undefined)[]> => {
      const seen: string[] = []
      let cursor: string | null = null
      do {
        const page = await other.mails.list({ show, cursor, limit: 2 })
        expect(page.toSort).toBe(4)
        seen.push(...page.mails.map(({ id }) => id))
        cursor = page.nextCursor
      } while (cursor !== null)
      return seen.map((id) => mails.find((mail) => mail.id === id)?.uid)
    }

    expect(await uids('all')).toEqual([7, 6, 5, 4, 3, 2, 1])
    expect(await uids('to-sort')).toEqual([6, 5, 3, 2])
    await expect(stores.mails.list({ show: 'all', cursor: 'x', limit: 2 })).rejects.toMatchObject({
      code: 'invalid-input',
    })
    await expect(stores.mails.list({ show: 'all', cursor: null, limit: 0 })).rejects.toMatchObject({
      code: 'invalid-input',
    })
  })
})
