import type { Page } from 'playwright/test'

/** Everything that a screen reader finds in the page now: names, values and texts of the accessibility tree. */
export async function readAloud(page: Page): Promise<string> {
  const protocol = await page.context().newCDPSession(page)
  try {
    const { nodes } = await protocol.send('Accessibility.getFullAXTree')
    return nodes
      .filter((node) => !node.ignored)
      .flatMap(({ name, value, description }) => [name, value, description])
      .map((heard) => String(heard?.value ?? ''))
      .filter((text) => text !== '')
      .join('\n')
  } finally {
    await protocol.detach()
  }
}
