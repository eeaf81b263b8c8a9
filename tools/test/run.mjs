/**
 * `npm test`: every check and every test, each counted, to the end even when one fails. The last line is
 * `N passed, N failed`.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const reports = mkdtempSync(path.join(tmpdir(), 'sspr-desk-test-'))
const totals = { passed: 0, failed: 0 }
const problems = []

function count(name, passed, failed) {
  totals.passed += passed
  totals.failed += failed
  if (failed > 0) problems.push(`${name}: ${failed} failed`)
}

function run(words, env = {}) {
  return new Promise((resolve) => {
    const [command, ...rest] = words
    const plain = process.stdout.isTTY ? {} : { NO_COLOR: '1' }
    const child = spawn(command, rest, { stdio: 'inherit', env: { ...process.env, ...plain, ...env } })
    child.on('error', () => resolve(127))
    child.on('exit', (code) => resolve(code ?? 1))
  })
}

/** A step that is right or wrong as a whole. */
async function check(name, words) {
  heading(name)
  const failed = (await run(words)) === 0 ? 0 : 1
  count(name, 1 - failed, failed)
}

/** A test runner that writes a JSON report; one that dies without a report has failed. */
async function suite(name, words, read, env = {}) {
  heading(name)
  const file = path.join(reports, `${name.replaceAll(' ', '-')}.json`)
  const status = await run(
    words.map((word) => word.replace('{report}', file)),
    Object.fromEntries(Object.entries(env).map(([key, value]) => [key, value.replace('{report}', file)])),
  )
  let result
  try {
    result = read(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    result = { passed: 0, failed: 1 }
  }
  // No test at all, a skipped one, and a runner that fails beside its tests are failures too.
  const nothing = result.passed + result.failed === 0 ? 1 : 0
  const beside = status !== 0 && result.failed === 0 ? 1 : 0
  count(name, result.passed, result.failed + nothing + beside)
}

function heading(name) {
  process.stdout.write(`\n== ${name}\n`)
}

/** Vitest's report: a suite that cannot be loaded, and a skipped test, count as failed. */
function readVitest(report) {
  const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numPendingTests + report.numTodoTests + unloaded.length,
  }
}

/** Playwright's report; a flaky test has failed once and counts as failed. */
function readPlaywright(report) {
  const { expected, unexpected, flaky, skipped } = report.stats
  return { passed: expected, failed: unexpected + flaky + skipped + report.errors.length }
}

function tree() {
  const result = spawnSync('git', ['status', '--porcelain', '--untracked-files=all'], { encoding: 'utf8' })
  return result.status === 0 ? result.stdout : null
}

const vitest = (...projects) => [
  'vitest',
  'run',
  ...projects.flatMap((project) => ['--project', project]),
  '--reporter=dot',
  '--reporter=json',
  '--outputFile.json={report}',
]

const before = tree()
await check('format', ['prettier', '--check', '--log-level', 'warn', '.'])
await check('lint', ['eslint', '.', '--max-warnings', '0'])
await check('types of main, preload, tests and tools', ['vue-tsc', '--noEmit', '-p', 'tsconfig.node.json'])
await check('types of the renderer', ['vue-tsc', '--noEmit', '-p', 'tsconfig.web.json'])
await check('types of the stories', ['vue-tsc', '--noEmit', '-p', 'tsconfig.e2e.json'])
await check('unused code and dependencies', ['knip'])
await check('build', ['electron-vite', 'build', '--logLevel', 'warn'])
await suite('unit tests', vitest('node', 'renderer'), readVitest)
await suite('integration on real servers', vitest('integration'), readVitest)
await suite('stories on real servers', ['node', 'tools/test/e2e.mjs'], readPlaywright, {
  SSPR_DESK_E2E_JSON: '{report}',
})

heading('the tree is left as it was')
const left = tree() === before ? 0 : 1
if (left) process.stdout.write(`before:\n${before}after:\n${tree()}`)
count('the tree is left as it was', 1 - left, left)

rmSync(reports, { recursive: true, force: true })
process.stdout.write(`\n${problems.map((problem) => `FAILED ${problem}\n`).join('')}`)
process.stdout.write(`${totals.passed} passed, ${totals.failed} failed\n`)
process.exit(totals.failed === 0 ? 0 : 1)
