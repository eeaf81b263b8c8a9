import { readFileSync } from 'node:fs'
import { draftOf } from '../../src/main/config/settings'
import { place } from '../../src/main/config/write'
import type { DeskSettings } from '../../src/shared/model/desk-settings'

/** The settings of one version: name and authority belong together. */
export function versionOf(settings: DeskSettings, authorities: readonly string[], version: number): DeskSettings {
  const ca = authorities[version % authorities.length] ?? null
  return {
    ...settings,
    organisation: `version ${version % authorities.length}`,
    directory: { ...settings.directory, ca },
  }
}

/** Saves one version after the other, and writes a line for each to standard output, until the process is killed. */
export function saveUntilKilled(file: string, inputFile: string): never {
  const input = JSON.parse(readFileSync(inputFile, 'utf8')) as { settings: DeskSettings; authorities: string[] }
  for (let version = 1; ; version++) {
    const before: unknown = JSON.parse(readFileSync(file, 'utf8'))
    const draft = draftOf(versionOf(input.settings, input.authorities, version), file, before)
    place(draft, { file, copyFolder: `${file}.copy`, platform: process.platform })
    process.stdout.write(`${version}\n`)
  }
}
