import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { buildIfStale } from '../start/build.mjs'
import { fetchElectron, findElectron } from '../start/host.ts'

// npm run e2e [-- story… options of Playwright]: builds, then runs the named stories (all of them unless told) on the built app.
// SSPR_DESK_E2E_JSON=FILE also leaves Playwright's JSON report there; SSPR_DESK_E2E_OUTPUT=DIR keeps pictures there.

const projectDir = resolve(import.meta.dirname, '../..')
buildIfStale()
if (process.env.SSPR_DESK_HOST === 'electron') fetchElectron()
console.log(
  findElectron() === null ? 'Stories run in the Chromium host (Electron is not here).' : 'Stories run in Electron.',
)

const given = process.argv.slice(2)
// Names of stories come first; from the first option on, everything is Playwright's.
const named = given.findIndex((word) => word.startsWith('-'))
const stories = given.map((word, index) => (named === -1 || index < named ? `${word}\\.e2e\\.ts` : word))
const { status } = spawnSync(
  process.execPath,
  [join(projectDir, 'node_modules', 'playwright', 'cli.js'), 'test', ...stories],
  { cwd: projectDir, stdio: 'inherit' },
)
process.exitCode = status ?? 1
