import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DirectorySession } from '../../src/main/directory/directory'
import { personCard, personSummary } from '../../src/shared/model/person'
import type { PersonSummary } from '../../src/shared/model/person'
import { worlds } from '../support/directory-worlds'
import type { World } from '../support/directory-worlds'

describe.each(worlds)('a directory on %s', (_name, start) => {
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

  async function find(userId: string): Promise<PersonSummary> {
    const { people } = await session.search(userId, 10)
    const person = people.find((each) => each.userId === userId)
    if (person === undefined) throw new Error(`${userId} was not found`)
    return person
  }

  const names = async (query: string): Promise<string[]> =>
    (await session.search(query, 50)).people.map(({ name }) => name)

  describe('signIn', () => {
    it('says who has signed in', () => {
      expect(session.person).toMatchObject({ userId: 'sato.misaki', name: '佐藤 美咲' })
      expect(session.person.id).toMatch(/^[0-9a-f-]{36}@/u)
      expect(session.person.id.endsWith(`@${session.directoryId}`)).toBe(true)
      expect(session.kind).toBe(world.kind)
    })

    it('refuses a wrong password and an unknown person alike', async () => {
      await expect(world.directory.signIn('goto.riku', 'wrong')).rejects.toMatchObject({ code: 'sign-in-wrong' })
      await expect(world.directory.signIn('nobody.at.all', 'wrong')).rejects.toMatchObject({ code: 'sign-in-wrong' })
    })

    it('refuses an empty password, which a server would take for an anonymous bind', async () => {
      await expect(world.directory.signIn('sato.misaki', '')).rejects.toMatchObject({ code: 'password-empty' })
    })

    it('takes nothing in a user ID for a DN, a filter or another account', async () => {
      for (const userId of ['*', 'sato.misaki)(uid=*', 'sato.misaki,ou=people', '\\', ' ', 'sato.misaki\u0000', '*@*'])
        await expect(world.directory.signIn(userId, world.password)).rejects.toMatchObject({ code: 'sign-in-wrong' })
    })

    it('tells a password that must be changed from one that expired', async () => {
      await expect(world.directory.signIn('mori.kana', world.password)).rejects.toMatchObject({
        code: 'sign-in-must-change',
      })
      await expect(world.directory.signIn('kobayashi.rin', world.password)).rejects.toMatchObject({
        code: 'sign-in-expired',
      })
    })

    it('refuses a locked account even with the right password', async () => {
      await world.lock('wada.koharu')
      await expect(world.directory.signIn('wada.koharu', world.password)).rejects.toMatchObject({
        code: 'sign-in-locked',
      })
    })

    it('refuses disabled and expired accounts', async () => {
      // OpenLDAP answers both like a lock: its response control has no other word for them.
      const openldap = world.kind === 'openldap'
      await expect(world.directory.signIn('nakamura.daiki', world.password)).rejects.toMatchObject({
        code: openldap ? 'sign-in-locked' : 'sign-in-disabled',
      })
      await expect(world.directory.signIn('yamamoto.akira', world.password)).rejects.toMatchObject({
        code: openldap ? 'sign-in-locked' : 'sign-in-account-expired',
      })
    })
  })

  describe('roles', () => {
    it('finds them through nested groups', async () => {
      expect(await session.roles()).toEqual(['agent'])
      const approver = await world.directory.signIn('takahashi.yumi', world.password)
      expect(await approver.roles()).toEqual(['agent', 'approver'])
      await approver.close()
    })

    it('gives none to people in no role group', async () => {
      const nobody = await world.directory.signIn('fujita.hina', world.password)
      expect(await nobody.roles()).toEqual([])
      await nobody.close()
    })

    it('reads them anew each time', async () => {
      const auditor = await world.directory.signIn('watanabe.aya', world.password)
      expect(await auditor.roles()).toEqual(['auditor'])
      await world.setMember('helpdesk-l1', 'watanabe.aya', true)
      expect(await auditor.roles()).toEqual(['agent', 'auditor'])
      await world.setMember('helpdesk-l1', 'watanabe.aya', false)
      expect(await auditor.roles()).toEqual(['auditor'])
      await auditor.close()
    })
  })

  describe('agents', () => {
    it('lists nested members once, groups not at all', async () => {
      const agents = await session.agents()
      expect(agents.map(({ name }) => name).toSorted()).toEqual(['佐藤 美咲', '鈴木 健', '高橋 由美'].toSorted())
      expect(agents.map(({ id }) => id)).toContain(session.person.id)
    })
  })

  describe('search', () => {
    it('finds people by name, reading, user ID, mail and employee number', async () => {
      for (const query of ['山田 花子', 'やまだ はな', 'yamada.han', 'yamada.hanako@sakura', 'E01042'])
        expect(await names(query), query).toEqual(['山田 花子'])
    })

    it('takes words in any order, and a name without a space', async () => {
      expect(await names('花子 山田')).toEqual(['山田 花子'])
      expect(await names('山田花子')).toEqual(['山田 花子'])
      expect(await names('やまだはなこ')).toEqual(['山田 花子'])
      expect(await names('山田　花子')).toEqual(['山田 花子'])
    })

    it('finds a reading in either kana, and full-width letters by plain ones', async () => {
      expect(await names('サトウ ミサキ')).toEqual(['佐藤 美咲'])
      expect(await names('ｻﾄｳ ﾐｻｷ')).toEqual(['佐藤 美咲'])
      expect(await names('ｙａｍａｄａ．ｈａｎ')).toEqual(['山田 花子'])
    })

    it('finds one kanji, rare characters and people of the same name', async () => {
      expect(await names('林')).toContain('林 杏')
      expect(await names('𠮷野')).toEqual(['𠮷野 真由'])
      expect(await names('髙橋')).toEqual(['髙橋 圭'])
      expect(await names('佐々木')).toEqual(['佐々木 翔', '佐々木 翔'])
    })

    it('needs every word to match', async () => {
      expect(await names('山田 美咲')).toEqual([])
    })

    it('reads filter syntax as letters', async () => {
      for (const query of ['*)(uid=*', '**', 'yamada*', '(&(uid=yamada))', '\\2a\\2a', ')('])
        expect(await names(query), query).toEqual([])
    })

    it('finds names with commas, quotes, signs and brackets', async () => {
      for (const [query, name] of [
        ['Smith,', 'Smith, John "Jack"'],
        ["O'Brien", "Seán O'Brien"],
        ['#1 Anna', '#1 Anna Müller'],
        ['Robert', 'Robert (Bob) Ross'],
        ['Star*Mann', 'Star*Mann \\ Söhne'],
        ['A+B=C;', 'A+B=C; <Test>'],
        ['Łuk', 'Łukasz Wiśniewski'],
        ['Trần', 'Trần Thị Ngọc Ánh'],
      ] as const)
        expect(await names(query), query).toContain(name)
    })

    it('refuses one Latin letter and nothing at all', async () => {
      for (const query of ['y', '', '  ', '*', 'a\u0000b'])
        await expect(session.search(query, 5)).rejects.toMatchObject({ code: 'search-too-short' })
    })

    it('says when there are more than were asked for', async () => {
      const cut = await session.search('E0', 5)
      expect(cut.people).toHaveLength(5)
      expect(cut.more).toBe(true)
      const whole = await session.search('佐々木', 2)
      expect(whole.people).toHaveLength(2)
      expect(whole.more).toBe(false)
    })

    it('answers rows that the contract takes', async () => {
      for (const person of (await session.search('E0', 100)).people) expect(personSummary.parse(person)).toEqual(person)
    })
  })

  describe('card', () => {
    it('shows a person whole, and their numbers masked', async () => {
      const { card, numbers } = await session.card((await find('ogawa.yuto')).id)
      expect(personCard.parse(card)).toEqual(card)
      expect(card).toMatchObject({
        name: '小川 悠斗',
        reading: 'おがわ ゆうと',
        department: '営業部',
        manager: '石川 桜',
        groups: ['all-staff', 'sspr-tokyo'],
        privilege: { privileged: false, groups: [] },
        state: { locked: false, disabled: false, mustChange: false, passwordExpired: false, accountExpired: false },
      })
      const mobile = numbers.get('mobile') ?? ''
      expect(mobile).toMatch(/^\+81 90 /u)
      expect(JSON.stringify(card)).not.toContain(mobile)
      expect(card.numbers.find(({ field }) => field === 'mobile')?.masked.endsWith(mobile.slice(-4))).toBe(true)
    })

    it('leaves out a number that the directory does not hold', async () => {
      const { card, numbers } = await session.card((await find('ito.kenta')).id)
      expect(card.numbers.map(({ field }) => field)).toEqual(['telephone'])
      expect(numbers.has('mobile')).toBe(false)
    })

    it('shows a lock and when it ends', async () => {
      await world.lock('maeda.ryo')
      const { state } = (await session.card((await find('maeda.ryo')).id)).card
      expect(state.locked).toBe(true)
      expect(Date.parse(state.unlocksAt ?? '') - Date.parse(state.lockedAt ?? '')).toBe(1_800_000)
      expect(Date.parse(state.unlocksAt ?? '')).toBeGreaterThan(Date.now())
      expect(state.badPasswordCount).toBe(3)
      expect((await find('maeda.ryo')).lock).toBe('locked')
      expect((await find('ogawa.yuto')).lock).toBe('unlocked')
    })

    it('tells disabled, expired, must-change and never-expiring accounts apart', async () => {
      const state = async (userId: string) => session.state((await find(userId)).id)
      expect(await state('nakamura.daiki')).toMatchObject({ disabled: true, locked: false })
      expect(await state('yamamoto.akira')).toMatchObject({ accountExpired: true, disabled: false })
      expect(await state('mori.kana')).toMatchObject({ mustChange: true, passwordExpired: false })
      expect(await state('kobayashi.rin')).toMatchObject({ passwordExpired: true, mustChange: false })
      expect(await state('hashimoto.mio')).toMatchObject({ passwordNeverExpires: true, passwordExpiresAt: null })
      expect(await state('kato.sho')).toMatchObject({ smartCardRequired: world.kind !== 'openldap' })
      const usual = await state('ogawa.yuto')
      expect(Date.parse(usual.passwordExpiresAt ?? '') - Date.parse(usual.passwordChangedAt ?? '')).toBe(7_776_000_000)
    })

    it('names the protected group that a person is in through others', async () => {
      const { privilege } = (await session.card((await find('yoshida.jun')).id)).card
      expect(privilege.privileged).toBe(true)
      expect(privilege.groups).toContain(world.kind === 'active-directory' ? 'Domain Admins' : 'domain-admins')
    })

    it('counts groups that the site protects', async () => {
      const group = world.kind === 'active-directory' ? 'OU=Groups,DC=ad' : 'ou=groups'
      const protectedGroups = [`CN=部長会\\, \\"役員\\" #1,${group},DC=sakura,DC=example`]
      const strict = await world.with({ protectedGroups }).signIn('sato.misaki', world.password)
      const { privilege } = (await strict.card((await find('ishikawa.sakura')).id)).card
      expect(privilege).toMatchObject({ privileged: true, groups: ['部長会, "役員" #1'] })
      expect((await strict.card((await find('ogawa.yuto')).id)).card.privilege.privileged).toBe(false)
      await strict.close()
    })

    it('reads people whose DN is full of signs', async () => {
      for (const userId of ['smith.john', 'muller.anna', 'ross.robert', 'star.mann', 'plus.equal', 'zenkaku.taro'])
        expect((await session.card((await find(userId)).id)).card).toMatchObject({ userId, groups: ['all-staff'] })
    })

    it('finds a person who was renamed since the search', async () => {
      const { id } = await find('aoki.mei')
      await world.rename('aoki.mei', '大木, 芽衣 #2')
      expect((await session.card(id)).card.name).toBe('大木, 芽衣 #2')
      expect((await session.unlock(id)).kind).toBe('done')
    })

    it('says when a person is not there', async () => {
      const unknown = `00000000-0000-4000-8000-000000000000@${session.directoryId}`
      const foreign = `${session.person.id.slice(0, 36)}@dc=elsewhere,dc=example`
      for (const id of [unknown, foreign]) {
        await expect(session.card(id)).rejects.toMatchObject({ code: 'person-not-found' })
        await expect(session.state(id)).rejects.toMatchObject({ code: 'person-not-found' })
        await expect(session.resetPassword(id, 'Tsubame-Oka-77')).rejects.toMatchObject({ code: 'person-not-found' })
        await expect(session.unlock(id)).rejects.toMatchObject({ code: 'person-not-found' })
      }
    })
  })

  describe('passwordPolicy', () => {
    it('reads the policy of most people', async () => {
      const policy = await session.passwordPolicy((await find('ogawa.yuto')).id)
      expect(policy).toMatchObject({
        source: 'policy',
        minLength: 10,
        historyLength: 3,
        maxAgeSeconds: 7_776_000,
        lockoutThreshold: 3,
        lockoutSeconds: 1800,
      })
    })

    it('reads the finer policy of one person, or says that it may differ', async () => {
      const policy = await session.passwordPolicy((await find('ikeda.sora')).id)
      // Agents may not read the password settings container of Active Directory.
      if (world.kind === 'active-directory') expect(policy).toMatchObject({ source: 'default', minLength: 10 })
      else expect(policy).toMatchObject({ source: 'policy', name: 'strict', minLength: 20 })
    })
  })

  describe('resetPassword', () => {
    it('sets the password, unlocks and requires a change', async () => {
      const { id } = await find('yamada.hanako')
      await world.lock('yamada.hanako')
      expect(await session.resetPassword(id, 'Tsubame-Oka-77')).toEqual({
        kind: 'done',
        server: session.server,
        missed: [],
      })
      expect(await world.bindAs('yamada.hanako', 'Tsubame-Oka-77')).toBe('must-change')
      expect(await world.bindAs('yamada.hanako', world.password)).toBe('wrong')
      expect(await session.state(id)).toMatchObject({ locked: false, mustChange: true, passwordExpired: false })
      expect(await session.stateOn(session.server, id)).toMatchObject({ locked: false, mustChange: true })
    })

    it('sets passwords of any characters', async () => {
      const { id } = await find('smith.john')
      const password = 'Pä\\"ß*(),;さくら-9'
      expect((await session.resetPassword(id, password)).kind).toBe('done')
      if (world.kind !== 'sample') expect(await world.bindAs('smith.john', password)).toBe('must-change')
    })

    it('tells a refusal by the policy, and changes nothing', async () => {
      const { id } = await find('sakamoto.ai')
      await expect(session.resetPassword(id, 'Ab-1')).rejects.toMatchObject({
        code: 'directory-refused-policy',
        params: { reason: 'too-short' },
      })
      const finer = await find('ikeda.sora')
      await expect(session.resetPassword(finer.id, 'Tsubame-Oka-77')).rejects.toMatchObject({
        code: 'directory-refused-policy',
      })
      expect(await world.bindAs('sakamoto.ai', world.password)).toBe('ok')
      expect(await world.bindAs('ikeda.sora', world.password)).toBe('ok')
      expect(await session.state(id)).toMatchObject({ mustChange: false })
    })

    it('keeps the history where the server can', async () => {
      const { id } = await find('okada.kaito')
      const policy = await session.passwordPolicy(id)
      const again = session.resetPassword(id, world.password)
      if (policy.historyOnReset === 'enforced')
        await expect(again).rejects.toMatchObject({ code: 'directory-refused-policy', params: { reason: 'history' } })
      else expect((await again).kind).toBe('done')
    })

    it('is refused on people whom the agent has no right to, and by people without rights', async () => {
      const colleague = await find('suzuki.ken')
      await expect(session.resetPassword(colleague.id, 'Tsubame-Oka-77')).rejects.toMatchObject({
        code: 'directory-refused-rights',
      })
      const nobody = await world.directory.signIn('fujita.hina', world.password)
      const target = await find('sakamoto.ai')
      await expect(nobody.resetPassword(target.id, 'Tsubame-Oka-77')).rejects.toMatchObject({
        code: 'directory-refused-rights',
      })
      await nobody.close()
      expect(await world.bindAs('suzuki.ken', world.password)).toBe('ok')
      expect(await world.bindAs('sakamoto.ai', world.password)).toBe('ok')
    })
  })

  describe('unlock', () => {
    it('ends a lock, leaves the password alone, and can be asked twice', async () => {
      const { id } = await find('abe.takumi')
      await world.lock('abe.takumi')
      expect(await session.unlock(id)).toEqual({ kind: 'done', server: session.server, missed: [] })
      expect(await session.unlock(id)).toMatchObject({ kind: 'done' })
      expect(await session.state(id)).toMatchObject({ locked: false, mustChange: false })
      expect(await world.bindAs('abe.takumi', 'certainly-wrong')).toBe('wrong')
      expect(await world.bindAs('abe.takumi', world.password)).toBe('ok')
    })

    it('does not enable an account that an administrator closed', async () => {
      const { id } = await find('nakamura.daiki')
      await session
        .unlock(id)
        .catch((error: unknown) => expect(error).toMatchObject({ params: { reason: 'disabled' } }))
      expect(await session.state(id)).toMatchObject({ disabled: true })
      expect(await world.bindAs('nakamura.daiki', world.password)).not.toBe('ok')
    })
  })

  describe('close', () => {
    it('refuses everything afterwards, and can be asked twice', async () => {
      const { id } = await find('ogawa.yuto')
      const other = await world.directory.signIn('suzuki.ken', world.password)
      await other.close()
      await other.close()
      await expect(other.roles()).rejects.toMatchObject({ code: 'not-signed-in' })
      await expect(other.card(id)).rejects.toMatchObject({ code: 'not-signed-in' })
      await expect(other.unlock(id)).rejects.toMatchObject({ code: 'not-signed-in' })
    })
  })
})
