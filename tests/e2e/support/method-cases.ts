import type { Page } from 'playwright/test'

/** Enters a request by telephone and claims it, as whoever is signed in at this page. */
export async function enterByPhone(page: Page, userId: string): Promise<void> {
  await page.evaluate(async (query) => {
    const found = await window.api.people.search({ query })
    const personId = found.ok ? found.value.people[0]?.id : undefined
    if (personId === undefined) throw new Error(`${query} is not there`)
    const input = { personId, channel: 'phone', reason: 'forgot', note: '', claim: true } as const
    const made = await window.api.requests.create(input)
    if (!made.ok) throw new Error(made.code)
  }, userId)
}

/** Somebody without methods stands at the desk: a request, and the identity as seen, which waits for an approver. */
export async function attestInPerson(page: Page, userId: string, note: string): Promise<void> {
  await page.evaluate(
    async ({ query, said }) => {
      const found = await window.api.people.search({ query })
      const personId = found.ok ? found.value.people[0]?.id : undefined
      if (personId === undefined) throw new Error(`${query} is not there`)
      const input = { personId, channel: 'walk-in', reason: 'forgot', note: '', claim: true } as const
      const made = await window.api.requests.create(input)
      if (!made.ok) throw new Error(made.code)
      const attestation = {
        kind: 'in-person',
        document: 'employee-card',
        photoMatches: true,
        nameMatches: true,
      } as const
      const attested = await window.api.verification.attest({ requestId: made.value.id, attestation, note: said })
      if (!attested.ok) throw new Error(attested.code)
    },
    { query: userId, said: note },
  )
}
