import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root, say } from './say.mjs'

const modules = path.join(root, 'node_modules')
const stamp = path.join(modules, '.sspr-desk-setup')

/**
 * Installs the packages of the lock file, unless exactly those are there. Install scripts stay off: the native modules
 * ship their binaries, and only `node` (the project's own Node 24) needs its script.
 */
export async function installPackages() {
  const wanted = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .update(`${process.platform}-${process.arch}`)
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && nodeWorks()) return

  say('Installing npm packages (about half a minute) …')
  npm('ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error')
  npm('rebuild', 'node', '--loglevel=error')
  if (!nodeWorks()) throw new Error('The npm package "node" did not bring a working Node 24. Run: npm rebuild node')
  writeFileSync(stamp, wanted)
}

function npm(...words) {
  const result = spawnSync('npm', words, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  })
  if (result.status !== 0) {
    const why = result.error ? ` (${result.error.message})` : ''
    throw new Error(`npm ${words.join(' ')} failed${why}. Check the network and the registry, then try again.`)
  }
}

function nodeWorks() {
  const binary = path.join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')
  if (!existsSync(binary)) return false
  const result = spawnSync(binary, ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' })
  return result.status === 0 && /^v24\./u.test(result.stdout)
}
