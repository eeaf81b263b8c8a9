import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { PersonVault } from '../../../src/main/services/person-vault'
import type { PersonKeyStore } from '../../../src/main/stores/stores'
import { AppError } from '../../../src/shared/errors'
import { testVault } from '../../support/vault'

const tampered = { code: 'store-tampered' }
const number = Buffer.from('+819012345678')
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

/** The store of keys as the rows of `stores/person-keys.ts` keep them, in memory. */
function memoryKeys(): PersonKeyStore & { rows: Map<string, Uint8Array>; erased: Set<string>; transactions: number } {
  const rows = new Map<string, Uint8Array>()
  const erased = new Set<string>()
  const keep = (personId: string, wrapped: Uint8Array): Uint8Array => {
    if (erased.has(personId)) throw new AppError('person-erased')
    const kept = rows.get(personId) ?? wrapped
    rows.set(personId, kept)
    return kept
  }
  const store = {
    rows,
    erased,
    transactions: 0,
    get: async (personId: string) => rows.get(personId) ?? null,
    keep: async (personId: string, wrapped: Uint8Array) => keep(personId, wrapped),
    keepMany: async (keys: Parameters<PersonKeyStore['keepMany']>[0]) => {
      store.transactions += 1
      return keys.map(({ personId, wrapped }) => keep(personId, wrapped))
    },
  }
  return store
}

function aPersonVault() {
  const vault = testVault()
  const personKeys = memoryKeys()
  return { vault, personKeys, people: new PersonVault(vault, { personKeys }) }
}

describe('PersonVault.seal', () => {
  it('makes one key for a person, and seals everything of theirs with it', async () => {
    const { people, personKeys } = aPersonVault()
    const one = await people.seal('hanako', 'mobile', number)
    const key = personKeys.rows.get('hanako')
    const two = await people.seal('hanako', 'office', number)

    expect(personKeys.rows.get('hanako')).toBe(key)
    expect(text(await people.open('hanako', 'mobile', one))).toBe('+819012345678')
    expect(text(await people.open('hanako', 'office', two))).toBe('+819012345678')
  })

  it('uses the key of whoever was first', async () => {
    const { vault, people, personKeys } = aPersonVault()
    const theirs = vault.newPersonKey('hanako')
    personKeys.keep = async (personId) => {
      personKeys.rows.set(personId, theirs)
      return theirs
    }
    const sealed = await people.seal('hanako', 'mobile', number)
    expect(text(vault.personKey('hanako', theirs).open('mobile', sealed))).toBe('+819012345678')
  })

  it('seals nothing for a person who was erased', async () => {
    const { people, personKeys } = aPersonVault()
    personKeys.erased.add('hanako')
    await expect(people.seal('hanako', 'mobile', number)).rejects.toMatchObject({ code: 'person-erased' })
    await expect(people.sealMany([{ personId: 'hanako', context: 'mobile', plain: number }])).rejects.toMatchObject({
      code: 'person-erased',
    })
  })
})

describe('PersonVault.open', () => {
  it('opens nothing from the moment the key is gone: none is kept in memory', async () => {
    const { people, personKeys } = aPersonVault()
    const sealed = await people.seal('hanako', 'mobile', number)
    await people.open('hanako', 'mobile', sealed)
    personKeys.rows.delete('hanako')
    await expect(people.open('hanako', 'mobile', sealed)).rejects.toMatchObject(tampered)

    personKeys.rows.set('hanako', aPersonVault().vault.newPersonKey('hanako'))
    await expect(people.open('hanako', 'mobile', sealed)).rejects.toMatchObject(tampered)
  })

  it('opens nothing with a wrapped key that was moved to another person together with the value', async () => {
    const { people, personKeys } = aPersonVault()
    const sealed = await people.seal('hanako', 'mobile', number)
    const wrapped = personKeys.rows.get('hanako') ?? new Uint8Array()
    personKeys.rows.set('taro', wrapped)
    await expect(people.open('taro', 'mobile', sealed)).rejects.toMatchObject(tampered)

    personKeys.rows.set('hanako', wrapped.slice(0, -1))
    await expect(people.open('hanako', 'mobile', sealed)).rejects.toMatchObject(tampered)
  })
})

describe('PersonVault.lend', () => {
  it.each(['returns', 'throws'])('wipes what it lent when the use %s', async (end) => {
    const { people } = aPersonVault()
    const sealed = await people.seal('hanako', 'mobile', number)
    let lent: Uint8Array = new Uint8Array()
    const used = people.lend('hanako', 'mobile', sealed, async (plain) => {
      lent = plain
      if (end === 'throws') throw new Error('no line')
      return text(plain)
    })
    if (end === 'throws') await expect(used).rejects.toThrow('no line')
    else await expect(used).resolves.toBe('+819012345678')
    expect(lent).toHaveLength(number.length)
    expect([...lent].every((byte) => byte === 0)).toBe(true)
  })
})

describe('PersonVault.sealMany', () => {
  it('seals in order, with one transaction for all keys and one key for each person', async () => {
    const { people, personKeys } = aPersonVault()
    const before = await people.seal('person-3', 'mail', number)
    const values = Array.from({ length: 1000 }, (_, index) => ({
      personId: `person-${Math.floor(index / 2)}`,
      context: index % 2 === 0 ? 'mobile' : 'mail',
      plain: Buffer.from(`value ${index}`),
    }))
    const sealed = await people.sealMany(values)

    expect(personKeys.transactions).toBe(1)
    expect(personKeys.rows.size).toBe(500)
    for (const index of [0, 1, 6, 7, 999]) {
      const { personId = '', context = '' } = values[index] ?? {}
      expect(text(await people.open(personId, context, sealed[index] ?? new Uint8Array()))).toBe(`value ${index}`)
    }
    expect(text(await people.open('person-3', 'mail', before))).toBe('+819012345678')
  })

  it('lets others run in between', async () => {
    const { people } = aPersonVault()
    let turns = 0
    const timer = setInterval(() => (turns += 1), 0)
    const plain = randomBytes(20)
    await people.sealMany(
      Array.from({ length: 3000 }, (_, index) => ({ personId: `p${index}`, context: 'mobile', plain })),
    )
    clearInterval(timer)
    expect(turns).toBeGreaterThan(2)
  })
})

describe('PersonVault.openSecret', () => {
  const method = { id: 'method-1', personId: 'hanako' }

  it('opens the secret of this method', async () => {
    const { people } = aPersonVault()
    const secret = await people.sealSecret(method, number)
    expect(text(await people.openSecret({ ...method, secret }))).toBe('+819012345678')
    expect(await people.lendSecret({ ...method, secret }, text)).toBe('+819012345678')
    expect((await people.openSecrets('hanako', [{ id: 'method-1', secret }])).map(text)).toEqual(['+819012345678'])
    expect(await people.openSecrets('nobody', [])).toEqual([])
  })

  it('opens no secret that was moved to another method or person, or written by another installation', async () => {
    const { people } = aPersonVault()
    const secret = await people.sealSecret(method, number)
    const [bulk] = await people.sealSecrets([{ id: 'method-2', personId: 'taro', plain: number }])
    if (bulk === undefined) throw new Error('nothing was sealed')

    for (const moved of [
      { id: 'method-2', personId: 'hanako', secret },
      { id: 'method-1', personId: 'taro', secret },
      { id: 'method-2', personId: 'hanako', secret: bulk },
      { id: 'method-1', personId: 'taro', secret: bulk },
    ]) {
      await expect(people.openSecret(moved)).rejects.toMatchObject(tampered)
    }
    await expect(aPersonVault().people.openSecret({ ...method, secret })).rejects.toMatchObject(tampered)
    expect(text(await people.openSecret({ id: 'method-2', personId: 'taro', secret: bulk }))).toBe('+819012345678')
  })
})
