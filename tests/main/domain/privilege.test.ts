import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { privilegeOf, type PrivilegeFacts } from '../../../src/main/domain/privilege'

const domain = 'S-1-5-21-1111-2222-3333'

function facts(change: Partial<PrivilegeFacts> = {}): PrivilegeFacts {
  return { sid: `${domain}-1104`, sids: [], groups: [], configured: [], adminCount: false, ...change }
}

const protectedSids = [
  ...[512, 516, 518, 519, 521, 525, 526, 527].map((rid) => `${domain}-${rid}`),
  ...[544, 548, 549, 550, 551, 552].map((rid) => `S-1-5-32-${rid}`),
]

describe('privilegeOf', () => {
  it.each(protectedSids)('knows the group %s by its SID alone', (sid) => {
    const answer = privilegeOf(facts({ sids: [sid] }))
    expect(answer.privileged).toBe(true)
    expect(answer.groups).toHaveLength(1)
  })

  it.each([500, 501, 502])('knows the account with RID %d', (rid) => {
    expect(privilegeOf(facts({ sid: `${domain}-${rid}` })).privileged).toBe(true)
  })

  it('names a group as the directory does, once', () => {
    const sid = `${domain}-512`
    const group = { name: 'ドメイン管理者', dn: 'CN=ドメイン管理者,DC=sakura', sid }
    expect(privilegeOf(facts({ sids: [sid.toLowerCase()], groups: [group] }))).toEqual({
      privileged: true,
      groups: ['ドメイン管理者'],
      adminCountHint: false,
    })
  })

  it('knows the site’s own group by its SID, even one whose name cannot be read', () => {
    const sid = `${domain}-2201`
    expect(privilegeOf(facts({ sids: [sid], configured: [sid.toLowerCase()] })).groups).toEqual([sid])
    const group = { name: '経理管理', dn: 'CN=経理管理,DC=sakura', sid }
    expect(privilegeOf(facts({ sids: [sid], groups: [group], configured: [sid] })).groups).toEqual(['経理管理'])
    expect(privilegeOf(facts({ sids: [sid], groups: [group], configured: [group.dn] })).groups).toEqual(['経理管理'])
    expect(privilegeOf(facts({ sids: [sid], groups: [group], configured: ['', `${domain}-2202`] })).privileged).toBe(
      false,
    )
    const withoutSid = { name: 'g', dn: 'cn=g', sid: null }
    expect(privilegeOf(facts({ groups: [withoutSid], configured: [''] })).privileged).toBe(false)
  })

  it('takes no ordinary group for a protected one', () => {
    const sids = [
      `${domain}-513`,
      `${domain}-515`,
      `${domain}-1512`,
      `${domain}-5120`,
      `${domain}-544`,
      'S-1-5-32-545',
      'S-1-5-32-512',
      'S-1-5-11',
      `${domain}-500`,
      'S-1-5-21-512',
      '',
    ]
    expect(privilegeOf(facts({ sids }))).toEqual({ privileged: false, groups: [], adminCountHint: false })
    expect(privilegeOf(facts({ sid: `${domain}-5000` })).privileged).toBe(false)
    expect(privilegeOf(facts({ sid: null })).privileged).toBe(false)
  })

  it.each([
    ['CN=Desk Admins,OU=Groups,DC=Sakura,DC=Example', true],
    ['cn=desk admins,ou=groups,dc=sakura,dc=example', true],
    ['CN = Desk  Admins , OU=Groups,  DC=sakura,DC=example', true],
    ['cn=desk admins,ou=other,dc=sakura,dc=example', false],
    ['cn=desk\\,admins,ou=groups,dc=sakura,dc=example', false],
    ['ou=groups,dc=sakura,dc=example', false],
  ])('compares the site’s own group %j', (configured, privileged) => {
    const group = { name: 'Desk Admins', dn: 'CN=Desk Admins,OU=Groups,DC=sakura,DC=example', sid: null }
    expect(privilegeOf(facts({ sid: null, groups: [group], configured: [configured] })).privileged).toBe(privileged)
  })

  it('keeps an escaped comma apart from a separator', () => {
    const group = { name: 'A, B', dn: 'cn=a\\, b,dc=x', sid: null }
    expect(privilegeOf(facts({ groups: [group], configured: ['CN=A\\, B, DC=X'] })).groups).toEqual(['A, B'])
    expect(privilegeOf(facts({ groups: [group], configured: ['cn=a,b,dc=x'] })).privileged).toBe(false)
  })

  it('takes adminCount for a hint, never for a proof', () => {
    expect(privilegeOf(facts({ adminCount: true }))).toEqual({ privileged: false, groups: [], adminCountHint: true })
    expect(privilegeOf(facts({ adminCount: true, sids: ['S-1-5-32-544'] })).adminCountHint).toBe(false)
  })

  it('finds one protected SID among any others, wherever it stands', () => {
    const other = fc.integer({ min: 1000, max: 99_999 }).map((rid) => `${domain}-${rid}`)
    fc.assert(
      fc.property(fc.array(other), fc.array(other), fc.constantFrom(...protectedSids), (before, after, sid) => {
        expect(privilegeOf(facts({ sids: [...before, ...after] })).privileged).toBe(false)
        expect(privilegeOf(facts({ sids: [...before, sid, ...after] })).privileged).toBe(true)
      }),
    )
  })
})
