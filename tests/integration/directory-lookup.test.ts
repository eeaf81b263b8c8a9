import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../src/main/clock'
import { createDirectory } from '../../src/main/directory'
import type { DirectorySession } from '../../src/main/directory/directory'
import type { PersonId } from '../../src/shared/model/common'
import { personSummary } from '../../src/shared/model/person'
import { worlds } from '../support/directory-worlds'
import type { World } from '../support/directory-worlds'
import type { TestDirectory } from '../support/organisation'
import { sambaGroupDn, startSamba } from '../support/samba'
import { silentLog } from '../support/silent-log'
import { startSlapd } from '../support/slapd'

describe.each(worlds)('looking up on %s', (_name, start) => {
  let world: World
  let session: DirectorySession

  beforeAll(async () => {
    world = await start()
    session = await world.directory.signIn('sato.misaki', world.password)
  })

  afterAll(async () => {
    await session.close()
    await world.stop()
  })

  const found = async (name: string): Promise<string[]> => (await session.find(name)).map(({ userId }) => userId)

  async function idOf(userId: string): Promise<PersonId> {
    const [person] = await session.find(userId)
    if (person === undefined) throw new Error(`nobody is called ${userId}`)
    return person.id
  }

  describe('findByUserIds', () => {
    it('answers each ID as it was asked, whatever the case and the width', async () => {
      const asked = ['yamada.hanako', 'ITO.Kenta', 'ｏｇａｗａ．ｙｕｔｏ', ' sato.misaki ', 'nobody.at.all']
      const people = await session.findByUserIds(asked)
      const names = asked.map((userId) => people.get(userId)?.map((person) => person.userId))
      expect(names).toEqual([['yamada.hanako'], ['ito.kenta'], ['ogawa.yuto'], ['sato.misaki'], []])
      expect(people.get('yamada.hanako')).toEqual([
        { id: await idOf('yamada.hanako'), name: '山田 花子', userId: 'yamada.hanako' },
      ])
    })

    it('takes no mail address, name, beginning or filter for a user ID', async () => {
      const asked = [
        'yamada.hanako@sakura.example',
        '山田 花子',
        'yamada',
        '*',
        'x)(uid=*',
        '',
        'yamada.hanako\0',
        '\\2a',
      ]
      const people = await session.findByUserIds(asked)
      expect(asked.map((userId) => people.get(userId))).toEqual(asked.map(() => []))
    })

    it('asks for more than one filter holds', async () => {
      const unknown = Array.from({ length: 250 }, (_none, index) => `nobody.${index}`)
      const people = await session.findByUserIds([...unknown, 'yamada.hanako'])
      expect(people.size).toBe(251)
      expect([...people].filter(([, found]) => found.length > 0).map(([userId]) => userId)).toEqual(['yamada.hanako'])
    })
  })

  describe('find', () => {
    it('knows one person by user ID and by mail address, whatever the case and the width', async () => {
      for (const name of [
        'yamada.hanako',
        ' YAMADA.Hanako ',
        'yamada.hanako@sakura.example',
        'Yamada.Hanako@SAKURA.example',
        'ｙａｍａｄａ．ｈａｎａｋｏ',
      ])
        expect(await found(name), name).toEqual(['yamada.hanako'])
    })

    it('answers what a search row holds', async () => {
      const [person] = await session.find('yamada.hanako')
      expect(personSummary.parse(person)).toMatchObject({ name: '山田 花子', reading: 'やまだ はなこ' })
      expect(person?.id).toMatch(new RegExp(`@${session.directoryId}$`, 'u'))
    })

    it('finds people who are disabled too: the desk must say so rather than not know them', async () => {
      expect(await session.find('nakamura.daiki')).toMatchObject([{ userId: 'nakamura.daiki', disabled: true }])
    })

    it('takes no beginning, no part and no name for a user ID', async () => {
      for (const name of ['yamada', 'yamada.hanak', 'hanako', '山田 花子', 'yamada.hanako@', '@sakura.example'])
        expect(await found(name), name).toEqual([])
    })

    it.each([
      ['a wildcard', '*'],
      ['a wildcard behind a name', 'yamada*'],
      ['a filter', 'x)(uid=*'],
      ['a whole filter', '*)(|(objectClass=*))'],
      ['an escape', '\\2a'],
      ['a DN', 'uid=yamada.hanako,ou=people,dc=sakura,dc=example'],
      ['a NUL behind a name', 'yamada.hanako\u0000'],
      ['a NUL alone', '\u0000'],
      ['a line break', 'yamada.hanako\nsato.misaki'],
      ['half a surrogate', '\ud800'],
      ['nothing', ''],
      ['spaces', ' \u3000 '],
      ['two people', 'yamada.hanako, sato.misaki'],
      ['a text without an end', 'a'.repeat(5000)],
    ])('finds nobody by %s', async (_what, name) => {
      expect(await found(name)).toEqual([])
    })
  })

  describe('belongsTo', () => {
    it('names the group that holds the person through another one', async () => {
      const dns = [world.groupDn('sspr-users')]
      expect(await session.belongsTo(await idOf('ogawa.yuto'), dns)).toMatchObject([
        { name: 'sspr-users', description: 'SSPR を利用できる人' },
      ])
      expect(await session.belongsTo(await idOf('ito.kenta'), dns)).toHaveLength(1)
      expect(await session.belongsTo(await idOf('yamada.hanako'), dns)).toEqual([])
    })

    it('keeps the order that was asked for, and leaves out what does not hold the person or does not exist', async () => {
      const names = ['sspr-users', 'gone', 'helpdesk', 'all-staff', 'sspr-tokyo', 'sspr-users']
      const held = await session.belongsTo(
        await idOf('ogawa.yuto'),
        names.map((name) => world.groupDn(name)),
      )
      expect(held.map(({ name }) => name)).toEqual(['sspr-users', 'all-staff', 'sspr-tokyo', 'sspr-users'])
    })

    it('takes a container for everybody below it, however it is spelled', async () => {
      const id = await idOf('haken.taro')
      const spelled = world.peopleUnit.toUpperCase().replaceAll(',', ' , ')
      const base = world.peopleUnit.slice(world.peopleUnit.indexOf(',') + 1)
      expect(await session.belongsTo(id, [world.peopleUnit])).toHaveLength(1)
      expect(await session.belongsTo(id, [spelled, base])).toHaveLength(2)
      // The unit of the groups, which lies beside.
      const groups = world.groupDn('all-staff').replace(/^[^,]+,/u, '')
      expect(await session.belongsTo(id, [groups])).toEqual([])
    })

    it('survives groups that hold each other', async () => {
      const held = await session.belongsTo(await idOf('yoshida.jun'), [world.groupDn('infrastructure')])
      expect(held.map(({ name }) => name)).toEqual(['infrastructure'])
    })

    it('takes what is no DN for nothing, and the empty name above all', async () => {
      const id = await idOf('ogawa.yuto')
      expect(await session.belongsTo(id, ['', ' ', 'sspr-users', '*', 'cn=*', '(objectClass=*)'])).toEqual([])
      expect(await session.belongsTo(id, [])).toEqual([])
    })

    it('sees a change at once', async () => {
      const id = await idOf('goto.riku')
      const dns = [world.groupDn('sspr-users')]
      await world.setMember('sspr-tokyo', 'goto.riku', true)
      expect(await session.belongsTo(id, dns)).toHaveLength(1)
      await world.setMember('sspr-tokyo', 'goto.riku', false)
      expect(await session.belongsTo(id, dns)).toEqual([])
    })

    it('refuses a person that the directory does not have', async () => {
      const nobody: PersonId = `00000000-0000-4000-8000-000000000000@${session.directoryId}`
      await expect(session.belongsTo(nobody, [world.groupDn('all-staff')])).rejects.toMatchObject({
        code: 'person-not-found',
      })
    })
  })

  describe('findGroups', () => {
    it('offers groups whose name begins so, in order', async () => {
      const groups = await session.findGroups('SSPR-', 20)
      expect(groups.map(({ name }) => name)).toEqual(['sspr-tokyo', 'sspr-users'])
      expect(groups[1]).toMatchObject({ description: 'SSPR を利用できる人' })
      expect(groups[1]?.dn.toLowerCase()).toBe(world.groupDn('sspr-users').toLowerCase())
    })

    it('offers what there is when nothing is typed, and no more than asked for', async () => {
      expect(await session.findGroups('', 3)).toHaveLength(3)
      expect((await session.findGroups('', 500)).length).toBeGreaterThan(10)
    })

    it('takes what is typed for nothing but a name', async () => {
      for (const query of ['*', 'sspr*', ')(cn=*', '\\2a', 'spr-users'])
        expect(await session.findGroups(query, 20)).toEqual([])
      expect((await session.findGroups('部長会, "役員"', 20)).map(({ name }) => name)).toEqual(['部長会, "役員" #1'])
    })
  })

  describe('findBases', () => {
    it('offers containers of people, and the directory itself', async () => {
      const unit = world.kind === 'active-directory' ? 'Staff' : 'people'
      const bases = await session.findBases(unit.slice(0, 3).toLowerCase(), 20)
      expect(bases.map(({ name }) => name)).toContain(unit)
      const all = (await session.findBases('', 100)).map(({ dn }) => dn.toLowerCase())
      expect(all).toContain(session.directoryId)
      expect(all).not.toContain(world.groupDn('all-staff').toLowerCase())
      // What belongs to Active Directory itself is nobody's base.
      expect(all.filter((dn) => dn.includes('cn=system'))).toEqual([])
    })
  })

  describe('serverTime', () => {
    it('tells the time of the server, which is this machine here', async () => {
      const time = await session.serverTime()
      expect(time).not.toBeNull()
      expect(Math.abs(Date.parse(time ?? '') - systemClock().now())).toBeLessThan(10_000)
    })
  })
})

describe('looking up on Active Directory only', () => {
  let server: TestDirectory
  let session: DirectorySession

  beforeAll(async () => {
    server = await startSamba()
    const directory = createDirectory({ config: server.config, clock: systemClock(), log: silentLog })
    session = await directory.signIn('sato.misaki', server.password)
  })

  afterAll(async () => {
    await session.close()
    await server.stop()
  })

  const found = async (name: string): Promise<string[]> => (await session.find(name)).map(({ userId }) => userId)

  it('finds a person by UPN, by the implicit one too, and by the short name of this domain', async () => {
    await server.replace('okada.kaito', 'userPrincipalName', ['kaito@sakura.example'])
    expect(await found('kaito@sakura.example')).toEqual(['okada.kaito'])
    expect(await found('okada.kaito@ad.sakura.example')).toEqual(['okada.kaito'])
    expect(await found('SAKURA\\okada.kaito')).toEqual(['okada.kaito'])
    expect(await found('sakura\\OKADA.KAITO')).toEqual(['okada.kaito'])
    expect(await found('ad.sakura.example\\okada.kaito')).toEqual(['okada.kaito'])
  })

  it('leaves the people of another domain alone, who may have the same user ID', async () => {
    for (const name of ['LAB\\okada.kaito', 'okada.kaito@lab.example', '\\okada.kaito', 'SAKURA\\', 'SAKURA\\*'])
      expect(await found(name), name).toEqual([])
  })

  it('finds a person by every mail address that the mailbox has', async () => {
    await server.replace('endo.tsubasa', 'proxyAddresses', ['SMTP:endo@sakura.example', 'smtp:t.endo@sakura.example'])
    expect(await found('T.Endo@sakura.example')).toEqual(['endo.tsubasa'])
    expect(await found('endo@sakura.example')).toEqual(['endo.tsubasa'])
    // The value with its prefix is no address.
    expect(await found('smtp:endo@sakura.example')).toEqual([])
  })

  it('answers both when one name is the address of two people', async () => {
    await server.replace('kondo.nanami', 'mail', ['shared@sakura.example'])
    await server.replace('sakamoto.ai', 'proxyAddresses', ['smtp:shared@sakura.example'])
    expect((await found('shared@sakura.example')).toSorted()).toEqual(['kondo.nanami', 'sakamoto.ai'])
  })

  it('counts the primary group, which names nobody as its member, and distribution groups', async () => {
    const [person] = await session.find('yamada.hanako')
    const dns = [`CN=Domain Users,CN=Users,${server.baseDn}`, `CN=Users,CN=Builtin,${server.baseDn}`]
    expect((await session.belongsTo(person?.id ?? '', dns)).map(({ name }) => name)).toEqual(['Domain Users', 'Users'])
    expect(await session.belongsTo(person?.id ?? '', [sambaGroupDn('domain-admins')])).toEqual([])
  })
})

describe('the time of an OpenLDAP server that keeps its monitor to itself', () => {
  it('is not told, and the question is answered all the same', async () => {
    const server = await startSlapd({ monitor: false })
    const directory = createDirectory({ config: server.config, clock: systemClock(), log: silentLog })
    const session = await directory.signIn('sato.misaki', server.password)
    try {
      expect(await session.serverTime()).toBeNull()
    } finally {
      await session.close()
      await server.stop()
    }
  })
})
