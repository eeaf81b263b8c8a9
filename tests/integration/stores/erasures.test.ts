import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import type { MailOutcome, Stores } from '../../../src/main/stores/stores'
import { describeStores } from '../../support/store-databases'
import {
  aClaim,
  aClosing,
  agent,
  aMethod,
  aNewRequest,
  anyRequest,
  aPerson,
  aPersonId,
  aProof,
  aSentCode,
  aTakenMail,
  at,
  mailTimes,
} from '../../support/stores'

const limits = { resendSeconds: 0, sendsPerDay: 10 }
const tampered: unknown = expect.objectContaining({ code: 'store-tampered' })
const person = { name: '小鳥遊 怜', reading: 'たかなし れい', userId: 'takanashi.rei', department: '秘書室' }
const secrets = {
  note: '母の旧姓を名乗った',
  sender: 'rei-private@mail.example',
  subject: 'Passwort von Rei',
  mailText: 'SEALED-MAIL-TEXT',
  label: '怜の私用電話',
  method: 'SEALED-NUMBER',
  key: 'WRAPPED-PERSON-KEY',
  question: 'first-cat',
  codeMac: 'c0de-mac-of-rei',
}

describeStores('ErasureStore', (desks) => {
  let stores: Stores
  let other: Stores
  let personId: string
  beforeEach(() => {
    ;({ stores, other } = desks())
    personId = aPersonId()
  })

  /** A person of whom the desk knows as much as it can, with a closed case. */
  async function fill(id = personId) {
    const [taken] = await takeMail(id)
    if (taken?.kind !== 'created') throw new Error('no request was made')
    const { request } = taken
    await stores.requests.change(request.id, request.version, aClaim())
    await stores.requests.addEvent(request.id, { at: at(70), kind: 'note', by: agent, text: secrets.note })
    const method = aMethod({ personId: id, label: secrets.label, secret: Buffer.from(secrets.method) })
    await stores.methods.add(method)
    await stores.personKeys.keep(id, Buffer.from(secrets.key))
    const bound = { requestId: request.id, personId: id, methodId: method.id }
    await stores.codes.reserve(aSentCode({ ...bound, codeMac: secrets.codeMac, destination: 'shared' }), limits)
    await stores.draws.draw({
      ...bound,
      id: randomUUID(),
      questionIds: [secrets.question],
      drawnAt: at(1),
      expiresAt: at(600),
    })
    await stores.proofs.add(aProof(request.id, { ...bound, label: secrets.label, expiresAt: at(9000) }))
    const failure = { personId: id, agentId: agent.id, requestId: request.id, at: at(1), windowStart: at(-1) }
    await stores.failures.add({ ...failure, limit: 1, closedUntil: at(9000) })
    await stores.requests.change(request.id, request.version + 1, aClosing('done', 80))
    return { request, method }
  }

  function takeMail(id: string): Promise<MailOutcome[]> {
    const mail = aTakenMail({
      uid: 1,
      digest: 'd1',
      from: secrets.sender,
      subject: secrets.subject,
      text: Buffer.from(secrets.mailText),
      named: [person.userId],
      person: aPerson({ id, ...person }),
    })
    return stores.mails.take('box', { uidValidity: '1', lastUid: 1 }, [mail], mailTimes)
  }

  it('leaves nothing of the person in the database but the id by which other desks know who it was', async () => {
    const { request, method } = await fill()
    const traces = [...Object.values(person), ...Object.values(secrets), method.id, '小鳥遊怜', 'たかなしれい']
    const before = await desks().everything()
    // What the test would not find before, it would not miss afterwards.
    for (const trace of traces) expect(before.includes(trace), trace).toBe(true)

    expect(await stores.erasures.erase(personId, at(100))).toEqual({ methods: 1, requests: 1, mails: 1 })

    const after = await desks().everything()
    for (const trace of traces) expect(after.includes(trace), trace).toBe(false)
    const places = [...after.toString('latin1').matchAll(new RegExp(personId, 'gu'))].length
    expect(places).toBeGreaterThan(0)
    expect(await other.erasures.since(at(100))).toEqual([{ personId, at: at(100) }])
    expect(await other.erasures.since(at(101))).toEqual([])
    expect(await other.erasures.has(personId)).toBe(true)
    expect(await other.erasures.has(`${personId}x`)).toBe(false)
    expect((await other.requests.get(request.id)).personId).not.toContain(personId)
  })

  it('keeps the case as a number that still can be read, and found by its number alone', async () => {
    const { request } = await fill()
    await stores.erasures.erase(personId, at(100))

    const kept = await other.requests.get(request.id)
    expect(kept).toMatchObject({
      ...request,
      state: 'done',
      holder: agent,
      version: request.version + 2,
      dueAt: null,
      expiresAt: null,
      updatedAt: at(80),
      personId: kept.personId,
      personName: '',
      personReading: '',
      personUserId: '',
      personDepartment: '',
    })
    const found = async (text: string) => (await other.requests.list({ ...anyRequest, text })).requests.length
    expect([await found(`#${request.number}`), await found('小鳥遊'), await found('takanashi.rei')]).toEqual([1, 0, 0])
    expect((await other.requests.events(request.id)).map(({ kind, text }) => [kind, text])).toEqual([
      ['created', ''],
      ['claimed', ''],
      ['note', ''],
      ['done', ''],
    ])
    const [proof] = await other.proofs.ofRequest(request.id)
    expect(proof).toMatchObject({ personId: kept.personId, label: '', methodId: null })
    const [mail] = await other.mails.ofRequest(request.id, 5)
    expect(mail).toMatchObject({ text: Uint8Array.of(), mail: { from: '', subject: '', named: [], state: 'request' } })
  })

  it('does not take the mail of an erased person again, and forgets their failures and codes', async () => {
    const { request, method } = await fill()
    await stores.erasures.erase(personId, at(100))

    expect(await takeMail(personId)).toEqual([{ kind: 'known' }])
    expect(await other.failures.state(personId, at(-1), at(2))).toMatchObject({ count: 0, closedUntil: null })
    expect(await other.codes.ofRequest(request.id)).toEqual([])
    expect(await other.codes.sends('shared', at(-1))).toMatchObject({ count: 0 })
    expect(await other.draws.current(request.id, method.id, at(2))).toBeNull()
    expect(await other.methods.ofPerson(personId)).toEqual([])
  })

  it('leaves everybody else as they are, also those who share a number', async () => {
    const neighbour = aPersonId()
    const codes = [neighbour, personId, neighbour, personId, neighbour].map((id, index) =>
      aSentCode({ personId: id, destination: 'shared', sentAt: at(index) }),
    )
    for (const code of codes) await stores.codes.reserve(code, limits)
    const theirs = aMethod({ personId: neighbour })
    await stores.methods.add(theirs)
    await stores.personKeys.keep(neighbour, Uint8Array.of(1))
    const request = await stores.requests.create(aNewRequest({ personId: neighbour, note: 'a' }))

    await stores.erasures.erase(personId, at(100))

    const left = codes.filter((code) => code.personId === neighbour)
    for (const code of left) expect(await other.codes.get(code.id)).toEqual(code)
    expect(await other.codes.sends('shared', at(-1))).toEqual({ count: 3, firstAt: at(0), lastAt: at(4) })
    await other.codes.reserve(aSentCode({ destination: 'shared', sentAt: at(9) }), limits)
    expect((await other.codes.sends('shared', at(-1))).count).toBe(4)
    expect(await other.methods.ofPerson(neighbour)).toEqual([theirs])
    expect(await other.personKeys.get(neighbour)).toEqual(Uint8Array.of(1))
    expect(await other.requests.get(request.id)).toEqual(request)
    expect((await other.requests.events(request.id))[0]?.text).toBe('a')
  })

  it('waits until the person’s case is closed, and changes nothing before', async () => {
    await fill()
    const open = await stores.requests.create(aNewRequest({ personId }))
    await expect(stores.erasures.erase(personId, at(100))).rejects.toMatchObject({
      code: 'request-exists',
      params: { requestId: open.id, number: open.number },
    })
    expect(await stores.personKeys.get(personId)).not.toBeNull()
    expect(await stores.methods.ofPerson(personId)).toHaveLength(1)
    expect(await stores.erasures.since(at())).toEqual([])
  })

  it('erases somebody of whom nothing is known, and again what has come since', async () => {
    expect(await stores.erasures.erase(personId, at(1))).toEqual({ methods: 0, requests: 0, mails: 0 })
    const request = await stores.requests.create(aNewRequest({ personId }))
    await stores.requests.change(request.id, 1, aClosing('refused'))
    expect(await other.erasures.erase(personId, at(50))).toEqual({ methods: 0, requests: 1, mails: 0 })
    expect(await stores.erasures.since(at(2))).toEqual([{ personId, at: at(50) }])
  })

  it('races with a new key and a new case: what wins is whole', async () => {
    for (let round = 0; round < 10; round++) {
      const id = aPersonId()
      const [key, made, gone] = await Promise.allSettled([
        stores.personKeys.keep(id, Uint8Array.of(1)),
        other.requests.create(aNewRequest({ personId: id })),
        stores.erasures.erase(id, at(1)),
      ])
      expect(made.status).toBe('fulfilled')
      const kept = await stores.personKeys.get(id)
      // Erased with a key that came too late, or not erased because of the case: never a key that outlives an erasure.
      if (gone.status === 'fulfilled') expect(kept).toBeNull()
      else expect(kept === null).toBe(key.status === 'rejected')
    }
  })

  describe('A row that was written by hand', () => {
    it('stops an erasure as a whole rather than being signed anew', async () => {
      const { request } = await fill()
      await desks().change("update proofs set approval = 'approved'")
      await expect(stores.erasures.erase(personId, at(100))).rejects.toEqual(tampered)
      expect((await stores.requests.get(request.id)).personName).toBe(person.name)
      expect(await stores.personKeys.get(personId)).not.toBeNull()
    })

    it('that says somebody was erased, or when, is not believed', async () => {
      await stores.erasures.erase(personId, at(1))
      await desks().change("update erasures set at = '2026-11-24T00:00:00.000Z'")
      await expect(stores.erasures.since(at())).rejects.toEqual(tampered)
      await expect(stores.erasures.has(personId)).rejects.toEqual(tampered)
      await expect(stores.personKeys.keep(personId, Uint8Array.of(1))).rejects.toEqual(tampered)
    })
  })
})
