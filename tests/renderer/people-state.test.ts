import { describe, expect, it } from 'vitest'
import { nothingStopsSignIn, troubles } from '../../src/renderer/src/components/people/person-state'
import PersonCard from '../../src/renderer/src/components/people/PersonCard.vue'
import { pageText, show } from './support/mount'
import { aCard, withProps } from './support/work'

const ids = (card: ReturnType<typeof aCard>) => troubles(card).map(({ id }) => id)
const free = { locked: false, lockedAt: null }

describe('troubles', () => {
  it('names everything that stops a sign-in', () => {
    const card = aCard(
      { privilege: { privileged: true, groups: ['Domain Admins'], adminCountHint: false } },
      { disabled: true, accountExpired: true, smartCardRequired: true, passwordExpired: true },
    )
    expect(ids(card)).toEqual(['privileged', 'disabled', 'account-expired', 'locked', 'smart-card', 'password-expired'])
    expect(nothingStopsSignIn(card)).toBe(false)
  })

  it('says must change rather than expired, and nothing where nothing is wrong', () => {
    expect(ids(aCard({}, { ...free, mustChange: true, passwordExpired: true }))).toEqual(['must-change'])
    expect(ids(aCard({}, free))).toEqual([])
    expect(nothingStopsSignIn(aCard({}, free))).toBe(true)
  })
})

describe('PersonCard', () => {
  const props = { busy: false, error: null }

  it('says in words that only an unlock ends the lock, and never shows a full number', async () => {
    const numbers = [{ field: 'mobile' as const, masked: '***-****-1234', changedAt: null }]
    const { wrapper } = await show(withProps(PersonCard, { ...props, card: aCard({ numbers }) }))
    expect(pageText()).toContain('Locked')
    expect(pageText()).toContain('only an unlock ends it')
    expect(pageText()).toContain('***-****-1234')
    expect(pageText()).toContain('last change unknown')
    wrapper.unmount()
  })

  it('keeps the name on screen while the directory is read', async () => {
    const { wrapper } = await show(withProps(PersonCard, { ...props, card: null, busy: true, name: '山田 花子' }))
    expect(wrapper.get('section').attributes('aria-busy')).toBe('true')
    expect(pageText()).toContain('山田 花子')
    wrapper.unmount()
  })
})
