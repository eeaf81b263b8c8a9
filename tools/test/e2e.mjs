import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { buildIfStale } from '../start/build.mjs'
import { fetchElectron, findElectron } from '../start/host.ts'

// npm run e2e [-- story…]: builds, then runs the named stories (all of them unless told) on the built app.
// SSPR_DESK_E2E_JSON=FILE also leaves Playwright's JSON report there; SSPR_DESK_E2E_OUTPUT=DIR keeps pictures there.

const projectDir = resolve(import.meta.dirname, '../..')
buildIfStale()
if (process.env.SSPR_DESK_HOST === 'electron') fetchElectron()
console.log(
  findElectron() === null ? 'Stories run in the Chromium host (Electron is not here).' : 'Stories run in Electron.',
)

const given = process.argv.slice(2)
const stories = given.map((name) => (/^[a-z0-9-]+$/u.test(name) ? `${name}\\.e2e\\.ts` : name))
const { status } = spawnSync(
  process.execPath,
  [join(projectDir, 'node_modules', 'playwright', 'cli.js'), 'test', ...stories],
  { cwd: projectDir, stdio: 'inherit' },
)
process.exitCode = status ?? 1
