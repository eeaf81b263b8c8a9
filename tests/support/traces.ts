import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/**
 * Files below a folder in which one of the secrets is found: as text, in UTF-16 and in base64. Answers `file: name of the
 * secret` per find; a folder in which nothing was read is an error, so that an empty search never passes for a clean one.
 */
export function findTraces(folder: string, secrets: Readonly<Record<string, string>>): string[] {
  const needles = Object.entries(secrets).flatMap(([name, secret]) => {
    if (Buffer.byteLength(secret) < 6) throw new Error(`The secret "${name}" is too short to be searched for.`)
    return [Buffer.from(secret, 'utf8'), Buffer.from(secret, 'utf16le'), base64Core(secret)].map((bytes) => ({
      name,
      bytes,
    }))
  })
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
  if (files.length === 0) throw new Error(`There is nothing to search in ${folder}.`)
  return files.flatMap((file) => {
    const content = readFileSync(file)
    const found = new Set(needles.filter(({ bytes }) => content.includes(bytes)).map(({ name }) => name))
    return [...found].map((name) => `${path.relative(folder, file)}: ${name}`)
  })
}

/** The part of a base64 text that does not depend on what follows. */
function base64Core(secret: string): Buffer {
  const bytes = Buffer.from(secret, 'utf8')
  return Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 3)).toString('base64'), 'latin1')
}
