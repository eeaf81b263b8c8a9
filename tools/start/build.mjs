import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

const projectDir = resolve(import.meta.dirname, '../..')
const outputs = ['out/main/index.js', 'out/preload/index.cjs', 'out/renderer/index.html']
const inputs = ['src', 'resources', 'electron.vite.config.ts', 'package.json', 'package-lock.json']

/** Builds `out/` unless it is newer than everything it is made from. Throws when the build fails. */
export function buildIfStale() {
  const built = outputs.map((name) => join(projectDir, name))
  if (built.every(existsSync)) {
    const oldest = Math.min(...built.map((file) => statSync(file).mtimeMs))
    if (Math.max(...inputs.map((name) => newest(join(projectDir, name)))) <= oldest) return
  }
  console.log('Building …')
  const program = join(projectDir, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'build'], {
    cwd: projectDir,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`The build failed.\n${stdout}${stderr}`)
}

/** The latest change below a path, in milliseconds since the epoch; folders count too, so that a removed file is noticed. */
function newest(path) {
  const { mtimeMs } = statSync(path)
  if (!statSync(path).isDirectory()) return mtimeMs
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), mtimeMs)
}
