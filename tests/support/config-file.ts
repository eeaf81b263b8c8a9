import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { TestDirectory } from './organisation'

export interface DeskFiles {
  readonly config: string
  readonly vaultKeyFile: string
}

/**
 * A configuration file for this directory in `folder`, and where the app is to make its key file. One method is enough unless
 * `more`, other sections of the file, says otherwise.
 */
export function writeDeskFiles(
  folder: string,
  directory: TestDirectory,
  organisation: string,
  more: Readonly<Record<string, unknown>> = {},
): DeskFiles {
  const { roles, ...section } = directory.directoryConfig
  const config = path.join(folder, 'config.json')
  const vaultKeyFile = path.join(folder, 'vault.key')
  const file = {
    version: 1,
    organisation,
    directory: section,
    roles,
    policy: { methodsRequired: 1 },
    links: ['learn.microsoft.com'],
    ...more,
  }
  writeFileSync(config, JSON.stringify(file, null, 2), { mode: 0o600 })
  return { config, vaultKeyFile }
}
