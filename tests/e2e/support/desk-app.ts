import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base } from 'playwright/test'
import { launchDesk } from '../../../tools/start/launch'
import type { LaunchOptions, RunningDesk } from '../../../tools/start/launch'

export { expect } from 'playwright/test'

interface Fixtures {
  /** A folder of the test's own; removed when the apps in it have ended. */
  readonly folder: string
  /** Starts the app as often as a story needs; what is left running is ended after the test, with a picture if that failed. */
  readonly launch: (options?: LaunchOptions) => Promise<RunningDesk>
}

export const test = base.extend<Fixtures>({
  // eslint-disable-next-line no-empty-pattern -- Playwright wants a destructured first argument
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'sspr-desk-test-'))
    await use(folder)
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  },
  // Asks for the folder so that it is removed after the apps.
  launch: async ({ folder: _folder }, use, testInfo) => {
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
