import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { h, KeepAlive } from 'vue'
import AuditDetail from '../../src/renderer/src/components/audit/AuditDetail.vue'
import { actionGroups, factWords, outcomeWords } from '../../src/renderer/src/components/audit/audit-words'
import { i18n, setLanguage } from '../../src/renderer/src/lib/i18n'
import AuditView from '../../src/renderer/src/views/AuditView.vue'
import { errorCodes } from '../../src/shared/errors'
import { messages } from '../../src/shared/i18n'
import { auditActions, type AuditFilter, type AuditRow, type AuditVerdict } from '../../src/shared/model/audit'
import { fakeApi, ok, refused } from './support/api'
import { pageText, show } from './support/mount'

function aRow(change: Partial<AuditRow> = {}): AuditRow {
  return {
    seq: 12,
    at: '2026-11-23T03:00:00.000Z',
    operationId: '00000000-0000-4000-8000-000000000009',
    phase: 'result',
    action: 'reset.password',
    outcome: 'succeeded',
    actorId: '',
    actorName: '佐藤 美咲',
    targetId: '',
    targetName: '山田 花子',
    erased: false,
    requestId: '',
    requestNumber: 4,
    details: {},
    hash: 'ab'.repeat(32),
    ...change,
  }
}

function aVerdict(change: Partial<AuditVerdict> = {}): AuditVerdict {
  return {
    intact: true,
    rows: 12,
    firstAt: '2026-11-22T03:00:00.000Z',
    lastAt: '2026-11-23T03:00:00.000Z',
    headHash: 'cd'.repeat(32),
    checkpoints: 1,
    brokenSeq: null,
    problem: 'none',
    unfinished: 0,
    ...change,
  }
}

const Page = { render: () => h(KeepAlive, null, h(AuditView)) }

afterEach(() => {
  vi.useRealTimers()
  document.body.replaceChildren()
})

describe('AuditView', () => {
  it('says in words that the chain is intact, with its rows and its head', async () => {
    fakeApi({ audit: { list: () => ok({ rows: [aRow()], nextCursor: null, total: 1 }), verify: () => ok(aVerdict()) } })
    const { wrapper } = await show(Page)

    await wrapper
      .findAll('button')
      .find((one) => one.text() === 'Verify')
      ?.trigger('click')
    await flushPromises()

    expect(pageText()).toContain(messages.en.audit.verify.intactTitle)
    expect(pageText()).toContain('All 12 rows checked.')
    expect(pageText()).toContain('cd'.repeat(32))
    wrapper.unmount()
  })

  it('names the first broken row and what to do', async () => {
    const verdict = aVerdict({ intact: false, brokenSeq: 817, problem: 'row-changed' })
    fakeApi({ audit: { list: () => ok({ rows: [], nextCursor: null, total: 0 }), verify: () => ok(verdict) } })
    const { wrapper } = await show(Page)

    await wrapper
      .findAll('button')
      .find((one) => one.text() === 'Verify')
      ?.trigger('click')
    await flushPromises()

    const alert = wrapper.get('[role=alert]').text()
    expect(alert).toContain('row 817')
    expect(alert).toContain(messages.en.audit.verify.problem['row-changed'])
    expect(alert).not.toContain(messages.en.audit.verify.intactTitle)
    wrapper.unmount()
  })

  it('asks once for a burst of letters, with the whole filter', async () => {
    const asked: AuditFilter[] = []
    fakeApi({
      audit: {
        list: ({ filter }) => {
          asked.push(filter)
          return ok({ rows: [], nextCursor: null, total: 0 })
        },
      },
    })
    const { wrapper } = await show(Page)
    asked.length = 0
    vi.useFakeTimers()

    const search = wrapper.get('input[type=search]')
    for (const text of ['山', '山田']) await search.setValue(text)
    await vi.advanceTimersByTimeAsync(250)

    expect(asked).toEqual([{ text: '山田', actions: [], outcome: 'any', from: null, until: null }])
    expect(pageText()).toContain(messages.en.audit.empty.title)
    wrapper.unmount()
  })

  it('says why it cannot be read, and offers to try again', async () => {
    fakeApi({ audit: { list: () => refused('role-required', { role: 'auditor' }) } })
    const { wrapper } = await show(Page)

    expect(wrapper.get('[role=alert]').text()).toContain(messages.en.errors['role-required'].title)
    expect(wrapper.findAll('button').some((one) => one.text() === messages.en.common.retry)).toBe(true)
    wrapper.unmount()
  })
})

describe('AuditDetail', () => {
  it('says that a person was erased in place of the name', async () => {
    const row = aRow({ targetId: 'x@dc=sakura', targetName: '', erased: true })
    const { wrapper } = await show({ render: () => h(AuditDetail, { row }) })
    expect(pageText()).toContain(`${messages.en.audit.detail.target}${messages.en.audit.detail.erased}`)
    wrapper.unmount()
  })
})

describe('audit words', () => {
  const { t } = i18n.global

  it('puts every action into exactly one group of the filter', () => {
    expect(Object.values(actionGroups).flat().sort()).toEqual([...auditActions].sort())
  })

  it('words every refusal by its title', () => {
    setLanguage('ja')
    for (const code of errorCodes) expect(outcomeWords(code, t)).toBe(messages.ja.errors[code].title)
    setLanguage('en')
    expect(outcomeWords('no-match', t)).toBe('No match')
    expect(outcomeWords('something-new', t)).toBe('Other: something-new')
  })

  it('words known facts, and leaves what people typed as it is', () => {
    const row = aRow({ details: { channel: 'walk-in', closed: true, roles: 'agent admin', reason: 'said so, twice' } })
    const facts = Object.keys(row.details).map((name) => factWords(row, name, t).value)
    expect(facts).toEqual(['At the desk', 'yes', 'Agent · Administrator', 'said so, twice'])
  })

  it('names a changed setting and its value as the form does', () => {
    const details = {
      changed: 'policy.proofMinutes sms.body sspr.scope',
      'policy.proofMinutes': '10 → 8',
      'sspr.scope': 'none → selected',
      'not.there': 'a → b',
      secrets: 'mailbox.password sms.token',
    }
    const row = aRow({ action: 'settings.save', outcome: 'copied', details })
    expect(Object.keys(details).map((name) => factWords(row, name, t))).toEqual([
      {
        name: 'Changed',
        value:
          'Policy: A passed check counts for (minutes) · SMS: Body · Scope of self-service: Self-service password reset is on for',
      },
      { name: 'Policy: A passed check counts for (minutes)', value: '10 → 8' },
      { name: 'Scope of self-service: Self-service password reset is on for', value: 'Nobody → Selected groups' },
      { name: 'not.there', value: 'a → b' },
      { name: 'Passwords and keys entered', value: 'mailbox.password · sms.token' },
    ])
    expect(outcomeWords(row.outcome, t)).toBe('Copy made, not in force')
  })
})
