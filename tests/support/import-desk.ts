import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ImportPreview } from '../../src/shared/model/imports'
import { ok } from './desk'
import type { TestDesk } from './desk'

export const importHeader = 'userId,type,value,extension,label'

/** A CSV file of the desk's folder, chosen in its dialog. */
export function putImportFile({ folder, desktop }: TestDesk, content: string | Uint8Array): string {
  const file = join(folder, 'people.csv')
  writeFileSync(file, content)
  desktop.openPath = file
  return file
}

/** The dry run of these rows under the usual header. */
export async function tryImport(desk: TestDesk, rows: readonly string[]): Promise<ImportPreview> {
  putImportFile(desk, [importHeader, ...rows, ''].join('\r\n'))
  const preview = await ok(desk.api.imports.choose())
  if (preview === null) throw new Error('no file was chosen')
  return preview
}
