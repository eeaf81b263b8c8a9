import { describe, expect, it } from 'vitest'
import { membersOf, readAllValues } from '../../../src/main/directory/groups'
import { askedFor, Attributes } from '../../../src/main/directory/values'

/** A server that answers at most `limit` values at a time, in ranges, as Active Directory does. */
function rangedServer(groups: Readonly<Record<string, readonly string[]>>, limit: number) {
  const asked: string[] = []
  return {
    asked,
    read(dn: string, names: readonly string[]): Promise<Attributes | null> {
      const name = names.find((each) => each.includes('range=')) ?? names[0] ?? ''
      const members = groups[dn]
      if (members === undefined) return Promise.resolve(new Attributes({ dn, objectClass: 'user' }, askedFor(names)))
      const from = Number(/range=(\d+)/u.exec(name)?.[1] ?? 0)
      asked.push(name)
      const part = members.slice(from, from + limit)
      const to = from + limit >= members.length ? '*' : String(from + limit - 1)
      const key = members.length > limit ? `member;range=${from}-${to}` : 'member'
      return Promise.resolve(new Attributes({ dn, objectClass: 'group', [key]: part }, askedFor(names)))
    },
  }
}

const query = {
  memberAttributes: ['member'],
  attributes: ['cn'],
  isGroup: (entry: Attributes) => entry.text('objectClass') === 'group',
}

describe('readAllValues', () => {
  it('follows ranges to their end', async () => {
    const members = Array.from({ length: 3700 }, (_, index) => `cn=${index},dc=x`)
    const server = rangedServer({ 'cn=g,dc=x': members }, 1500)
    expect(await readAllValues(server, 'cn=g,dc=x', 'member')).toEqual(members)
    expect(server.asked).toEqual(['member', 'member;range=1500-*', 'member;range=3000-*'])
  })

  it('reads a small group at once', async () => {
    const server = rangedServer({ 'cn=g,dc=x': ['cn=a,dc=x'] }, 1500)
    expect(await readAllValues(server, 'cn=g,dc=x', 'member')).toEqual(['cn=a,dc=x'])
    expect(server.asked).toEqual(['member'])
  })
})

describe('membersOf', () => {
  it('walks into groups, counts each person once, and ends at a cycle', async () => {
    const groups = {
      'cn=g,dc=x': ['cn=a,dc=x', 'cn=h,dc=x'],
      'cn=h,dc=x': ['CN=A,DC=X', 'cn=b,dc=x', 'cn=g,dc=x'],
    }
    const people = await membersOf(rangedServer(groups, 1500), ['cn=g,dc=x'], query)
    expect(people.map(({ dn }) => dn)).toEqual(['cn=a,dc=x', 'cn=b,dc=x'])
  })
})
