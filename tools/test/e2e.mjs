import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { buildIfStale } from '../start/build.mjs'

// npm run e2e [-- story…]: builds, then runs the named stories (all of them unless told) on the built app.
// SSPR_DESK_E2E_JSON=FILE also leaves Playwright's JSON report there; SSPR_DESK_E2E_OUTPUT=DIR keeps pictures there.

const projectDir = resolve(import.meta.dirname, '../..')
buildIfStale()

const given = process.argv.slice(2)
const stories = given.map((name) => (/^[a-z0-9-]+$/u.test(name) ? `${name}\\.e2e\\.ts` : name))
const { status } = spawnSync(
  process.execPath,
  [join(projectDir, 'node_modules', 'playwright', 'cli.js'), 'test', ...stories],
  { cwd: projectDir, stdio: 'inherit' },
)
process.exitCode = status ?? 1
