import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'playwright/test'

const json = process.env['SSPR_DESK_E2E_JSON']

/** Stories on the built app. One at a time: real servers stand behind them. */
export default defineConfig({
  testDir: 'tests/e2e',
  testMatch: '**/*.e2e.ts',
  // Outside the tree, so that a run leaves nothing in it.
  outputDir: process.env['SSPR_DESK_E2E_OUTPUT'] ?? join(tmpdir(), `sspr-desk-e2e-${userInfo().username}`),
  workers: 1,
  fullyParallel: false,
  forbidOnly: Boolean(process.env['CI']),
  retries: 0,
  timeout: 180_000,
  expect: { timeout: 10_000 },
  reporter: json === undefined ? 'list' : [['list'], ['json', { outputFile: json }]],
})
