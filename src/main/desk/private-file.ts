import { randomUUID } from 'node:crypto'
import { chmod, open, rename, rm } from 'node:fs/promises'
import { AppError } from '../../shared/errors'

/**
 * Writes a file that only this user may read (mode 0600), whole or not at all: under another name first, then renamed. Throws
 * `file-not-written` with `file` and `reason`.
 */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`
  try {
    const handle = await open(temporary, 'wx', 0o600)
    try {
      await handle.writeFile(text, 'utf8')
      await handle.sync()
    } finally {
      await handle.close()
    }
    await chmod(temporary, 0o600)
    await rename(temporary, file)
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new AppError('file-not-written', { file, reason }, { cause: error })
  } finally {
    await rm(temporary, { force: true })
  }
}
