import { test as base } from 'playwright/test'
import { launchDesk } from '../../../tools/start/launch'
import type { LaunchOptions, RunningDesk } from '../../../tools/start/launch'

export { expect } from 'playwright/test'

/** Starts the app as often as a story needs; what it leaves running is ended after the test, with a picture if that failed. */
export const test = base.extend<{ launch: (options?: LaunchOptions) => Promise<RunningDesk> }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright wants a destructured first argument
  launch: async ({}, use, testInfo) => {
    const running: RunningDesk[] = []
    await use(async (options) => {
      const desk = await launchDesk(options)
      running.push(desk)
      return desk
    })
    for (const desk of running) {
      if (testInfo.status !== testInfo.expectedStatus && !desk.page.isClosed()) {
        await testInfo.attach('screen', { body: await desk.page.screenshot(), contentType: 'image/png' })
      }
      await desk.close()
    }
  },
})
