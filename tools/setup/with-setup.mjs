/**
 * Runs a tool with everything in place: `node tools/setup/with-setup.mjs tools/test/run.mjs [arguments]`.
 * Plain JavaScript for Node 20, no packages: it is what installs them.
 */
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import path from 'node:path'
import { installPackages } from './npm-packages.mjs'
import { installPrograms, programsFor } from './programs.mjs'
import { root, say } from './say.mjs'

const [script, ...given] = process.argv.slice(2)
if (!script) {
  say('Usage: node tools/setup/with-setup.mjs SCRIPT [ARGUMENTS]')
  process.exit(2)
}

const agreed = given.includes('--yes') || Boolean(process.env.CI)
const passedOn = given.filter((argument) => argument !== '--yes')

try {
  await installPackages()
  await installPrograms(programsFor(script), agreed)
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exit(1)
}

const bin = path.join(root, 'node_modules', '.bin')
const child = spawn(path.join(bin, process.platform === 'win32' ? 'node.cmd' : 'node'), [script, ...passedOn], {
  cwd: root,
  stdio: 'inherit',
  shell: process.platform === 'win32',
  env: { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}` },
})
// Ctrl+C reaches the whole group by itself; a plain kill reaches only this process and is passed on.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('error', (error) => {
  say(`Node 24 of this project did not start: ${error.message}`)
  process.exit(1)
})
child.on('exit', (code, signal) => {
  process.exit(signal ? 128 + (constants.signals[signal] ?? 0) : (code ?? 1))
})
