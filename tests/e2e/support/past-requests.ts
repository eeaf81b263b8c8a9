import type { Page } from 'playwright/test'

const past = [
  { userId: 'kato.sho', channel: 'phone', reason: 'forgot', note: '', then: 'refuse' },
  { userId: 'kobayashi.rin', channel: 'phone', reason: 'forgot', note: '思い出したとのこと', then: 'complete' },
  { userId: 'nakamura.daiki', channel: 'walk-in', reason: 'never-got', note: '復職。人事に確認中。', then: 'claim' },
  { userId: 'yoshida.jun', channel: 'phone', reason: 'forgot', note: '', then: null },
  { userId: 'fujita.hina', channel: 'phone', reason: 'locked-out', note: '', then: null },
  { userId: 'longname.wolf', channel: 'phone', reason: 'never-got', note: '', then: null },
  { userId: 'ito.kenta', channel: 'walk-in', reason: 'never-got', note: '新入社員', then: null },
] as const

/** Enters what happened before, as the agent who is signed in at this page. */
export async function enterPastRequests(page: Page): Promise<void> {
  await page.evaluate(async (entries) => {
    for (const { userId, channel, reason, note, then } of entries) {
      const found = await window.api.people.search({ query: userId })
      const person = found.ok ? found.value.people[0] : undefined
      if (person === undefined) throw new Error(`${userId} is not there`)
      const made = await window.api.requests.create({
        personId: person.id,
        channel,
        reason,
        note,
        claim: then !== null,
      })
      if (!made.ok) throw new Error(made.code)
      const seen = { requestId: made.value.id, version: made.value.version }
      const ended =
        then === 'refuse'
          ? await window.api.requests.refuse({ ...seen, reason: 'スマート カードが必要な利用者' })
          : then === 'complete'
            ? await window.api.requests.complete({ ...seen, reason: '思い出したため' })
            : made
      if (!ended.ok) throw new Error(ended.code)
    }
  }, past)
}
