import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's top folder. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')

/** One line of progress, to the error stream: the tool's own output stays alone on the other. */
export function say(text) {
  process.stderr.write(`[set-up] ${text}\n`)
}
