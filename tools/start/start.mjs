import { spawn } from 'node:child_process'
import { buildIfStale } from './build.mjs'
import { electronOptions, fetchElectron, findElectron, hostProgram, projectDir } from './host.ts'

// npm start [-- options of the app]: builds what is stale, then opens the app in Electron, or in the Chromium host.

buildIfStale()
const electron = process.env.SSPR_DESK_HOST === 'electron' ? fetchElectron() : findElectron()
const options = process.argv.slice(2)
console.log(
  electron === null
    ? 'Opening SSPR Desk in the Chromium host (Electron is not here).'
    : 'Opening SSPR Desk in Electron.',
)

const child =
  electron === null
    ? spawn(process.execPath, [hostProgram, ...options], { stdio: 'inherit', cwd: projectDir })
    : spawn(electron, [projectDir, ...electronOptions(), ...options], { stdio: 'inherit', cwd: projectDir })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill('SIGTERM'))
child.on('error', (error) => {
  console.error(error.message)
  process.exitCode = 1
})
child.on('exit', (code, signal) => {
  process.exitCode = signal === null ? (code ?? 1) : 1
})
