import { BusyError, InsufficientAccessError } from 'ldapts'
import { describe, expect, it } from 'vitest'
import { readPrivilege } from '../../src/main/directory/active-directory-privilege'
import type { Connection } from '../../src/main/directory/connection'
import { membershipOf } from '../../src/main/directory/groups'
import { protectedGroupsOf } from '../../src/main/directory/protected-groups'
import { askedFor, Attributes } from '../../src/main/directory/values'
import { SampleDirectory } from '../../src/main/directory/memory'
import { sampleConfig } from '../../src/main/config'
import { seedPassword } from '../support/desk'
import { TestClock } from '../support/test-clock'

const base = 'DC=sakura,DC=example'
const domain = 'S-1-5-21-11-22-33'
const forestRoot = 'S-1-5-21-99-98-97'

function sidBytes(sid: string): Buffer {
  const [, revision = '', authority = '', ...parts] = sid.split('-')
  const bytes = Buffer.alloc(8 + 4 * parts.length)
  bytes.writeUInt8(Number(revision), 0)
  bytes.writeUInt8(parts.length, 1)
  bytes.writeUIntBE(Number(authority), 2, 6)
  parts.forEach((part, index) => bytes.writeUInt32LE(Number(part), 8 + 4 * index))
  return bytes
}

function entryOf(dn: string, values: Readonly<Record<string, string | readonly string[]>>): Attributes {
  const binary = ['objectSid', 'tokenGroups']
  const entry = Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const list = typeof value === 'string' ? [value] : value
      return [name, binary.includes(name) ? list.map(sidBytes) : [...list]]
    }),
  )
  return new Attributes({ dn, ...entry }, askedFor(Object.keys(values)))
}

/** A directory that shows the agent these entries and no other: `seen` answers searches, `chain` the scan for groups. */
function directoryWith(parts: { seen?: Attributes[]; chain?: Attributes[]; read?: (dn: string) => Attributes | null }) {
  return {
    search: async () => parts.seen ?? [],
    read: async (dn: string) => parts.read?.(dn) ?? null,
    async *scan() {
      yield parts.chain ?? []
    },
  } satisfies Pick<Connection, 'read' | 'scan' | 'search'>
}

const person = (values: Readonly<Record<string, string | readonly string[]>>): Attributes =>
  entryOf(`CN=Yoshida,${base}`, { objectSid: `${domain}-1104`, ...values })

describe('a protected group that the agent cannot see', () => {
  it('protects by its number: Enterprise Admins of the forest root have no entry in this domain', async () => {
    const entry = person({ tokenGroups: [`${domain}-513`, `${forestRoot}-519`] })

    expect(await readPrivilege(directoryWith({}), base, entry, [])).toEqual({
      privileged: true,
      groups: ['Enterprise Admins'],
      adminCountHint: false,
    })
  })

  it("protects by the site's list, named or not", async () => {
    const entry = person({ tokenGroups: [`${domain}-513`, `${domain}-2200`] })

    expect(await readPrivilege(directoryWith({}), base, entry, [`${domain}-2200`])).toMatchObject({ privileged: true })
    expect(await readPrivilege(directoryWith({}), base, entry, [])).toMatchObject({ privileged: false })
  })

  it('protects when it is the primary group and the token cannot be read', async () => {
    const entry = person({ primaryGroupID: '512' })

    expect(await readPrivilege(directoryWith({}), base, entry, [])).toMatchObject({ privileged: true })
  })

  it('protects through the primary group, too', async () => {
    const staff = entryOf(`CN=Staff,${base}`, { cn: 'Staff' })
    const admins = entryOf(`CN=Administrators,CN=Builtin,${base}`, { objectSid: 'S-1-5-32-544' })
    const entry = person({ primaryGroupID: '1500' })
    const directory = directoryWith({
      read: (dn) => (dn === `<SID=${domain}-1500>` ? staff : null),
      chain: [admins],
    })

    expect(await readPrivilege(directory, base, entry, [])).toMatchObject({ privileged: true })
  })

  it('is named as the directory names it where it can be read', async () => {
    const entry = person({ tokenGroups: [`${domain}-512`] })
    const named = entryOf(`CN=Domänen-Admins,${base}`, { objectSid: `${domain}-512`, cn: 'Domänen-Admins' })

    expect((await readPrivilege(directoryWith({ seen: [named] }), base, entry, [])).groups).toEqual(['Domänen-Admins'])
  })
})

describe('an account that is protected by itself', () => {
  it.each(['500', '501', '502'])('by its number %s, in no group at all', async (rid) => {
    const entry = person({ objectSid: `${domain}-${rid}`, tokenGroups: [`${domain}-513`] })

    expect(await readPrivilege(directoryWith({}), base, entry, [])).toMatchObject({ privileged: true })
  })

  it('not by an adminCount that may be stale', async () => {
    const entry = person({ tokenGroups: [`${domain}-513`], adminCount: '1' })

    expect(await readPrivilege(directoryWith({}), base, entry, [])).toEqual({
      privileged: false,
      groups: [],
      adminCountHint: true,
    })
  })
})

describe('a protected group of the configuration that cannot be read', () => {
  const group = 'CN=Vorstand,OU=Gone,DC=sakura,DC=example'

  it.each([
    ['is not there', async () => null],
    ['shows nothing of itself', async () => entryOf(group, { cn: 'Vorstand' })],
    ['may not be read', () => Promise.reject(new InsufficientAccessError())],
  ])('stops everything when it %s, and is named', async (_why, read: () => Promise<Attributes | null>) => {
    await expect(protectedGroupsOf({ read }, [group], 'objectSid')).rejects.toMatchObject({
      code: 'protected-group-unreadable',
      params: { group },
    })
  })

  it('is no excuse for hiding another fault', async () => {
    const read = () => Promise.reject(new BusyError())

    await expect(protectedGroupsOf({ read }, [group], 'objectSid')).rejects.toBeInstanceOf(BusyError)
  })

  it('lets nobody be checked or reset, in the sample organisation as elsewhere', async () => {
    const config = { ...sampleConfig().directory, protectedGroups: ['cn=gone,ou=groups,dc=sakura,dc=example'] }
    const session = await new SampleDirectory({ config, clock: new TestClock() }).signIn('sato.misaki', seedPassword)
    const { people } = await session.search('yamada.hanako', 1)

    await expect(session.card(people[0]?.id ?? '')).rejects.toMatchObject({ code: 'protected-group-unreadable' })
  })
})

describe('a person in more groups than can be walked', () => {
  it('is not taken for ordinary by the part that was seen', async () => {
    let level = 0
    const endless: Pick<Connection, 'scan'> = {
      async *scan() {
        level += 1
        yield Array.from({ length: 100 }, (_, index) => entryOf(`cn=${level}-${index},${base}`, { cn: 'x' }))
      },
    }

    await expect(membershipOf(endless, base, `cn=mallory,${base}`)).rejects.toThrow('groups hold')
  })
})
