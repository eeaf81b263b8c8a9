import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve as resolvePath } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { loadConfig } from '../../../src/main/config'
import { draftOf } from '../../../src/main/config/settings'
import { place } from '../../../src/main/config/write'
import { createCa } from '../../support/ca'
import { wizardSettings } from '../../support/fresh-desk'
import { saveUntilKilled, versionOf } from '../../support/killed-settings'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-crash-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('A save that is killed leaves one whole version, with the authority that belongs to it', async () => {
  const authorities = ['one-', 'two-', 'three-'].map((prefix) =>
    readFileSync(createCa(folder, ['localhost'], prefix).caFile, 'utf8'),
  )
  const settings = wizardSettings()
  const file = join(folder, 'desk', 'config.json')
  const input = join(folder, 'input.json')
  writeFileSync(input, JSON.stringify({ settings, authorities }))
  place(draftOf(versionOf(settings, authorities, 0), file, {}), { file, copyFolder: folder, platform: 'linux' })
  const program = await built()

  for (const lines of [2, 9, 31]) {
    await killAfter(program, [file, input], lines)
    const { organisation, directory } = loadConfig({ commandLineFile: file, userDataDir: folder, machineFile: '' })
    const version = Number(/^version (\d)$/u.exec(organisation)?.[1])
    expect(directory.ca).toBe(authorities[version])
    expect(
      loadConfig({ commandLineFile: `${file}.bak`, userDataDir: folder, machineFile: '' }).directory.ca,
    ).not.toBeNull()
  }
}, 60_000)

async function built(): Promise<string> {
  const entry = join(folder, 'entry.ts')
  const source = JSON.stringify(resolvePath('tests/support/killed-settings'))
  const { name } = saveUntilKilled
  writeFileSync(entry, `import { ${name} } from ${source}\n${name}(process.argv[2] ?? '', process.argv[3] ?? '')\n`)
  const { build } = await import('vite')
  await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      ssr: entry,
      outDir: folder,
      emptyOutDir: false,
      rollupOptions: { output: { entryFileNames: 'writer.mjs' } },
    },
    ssr: { noExternal: true },
  })
  symlinkSync(resolvePath('node_modules'), join(folder, 'node_modules'))
  return join(folder, 'writer.mjs')
}

/** Runs the writer until it has said so many lines, then kills it in the middle of whatever it does. */
function killAfter(program: string, args: readonly string[], lines: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    let seen = 0
    child.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString().split('\n').length - 1
      if (seen >= lines) child.kill('SIGKILL')
    })
    child.on('error', reject)
    child.on('close', (code) => (seen >= lines ? resolve() : reject(new Error(`the writer ended early: ${code}`))))
  })
}
