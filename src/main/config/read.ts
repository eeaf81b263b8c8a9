import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { findNodeAtLocation, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser'
import { AppError } from '../../shared/errors'
import { invalid, type ConfigProblem } from './problems'

/** A parsed file that still knows on which line each field stands. */
export interface ConfigText {
  readonly file: string
  readonly value: unknown
  /** Line of a field from 1; of the nearest field above where there is none. */
  lineOf(path: readonly PropertyKey[]): number
  has(path: readonly PropertyKey[]): boolean
}

/** Why a file cannot be read at all; a word for the catalogues, in `config-unreadable`. */
export type UnreadableReason =
  | 'folder'
  | 'not-a-file'
  | 'no-permission'
  | 'too-large'
  | 'empty'
  | 'encoding'
  | 'writable-by-others'
  | 'folder-writable-by-others'
  | 'failed'

const maxBytes = 1024 * 1024
const maxNesting = 32

/** The refusal of a file that cannot be read at all. */
function unreadable(file: string, reason: UnreadableReason, cause?: unknown): AppError {
  return new AppError('config-unreadable', { file, reason }, cause === undefined ? {} : { cause })
}

/** Whether anything lies at this path: a broken or forbidden machine-wide file must not give way to a user's one. */
export function isThere(file: string): boolean {
  try {
    statSync(file)
    return true
  } catch (error) {
    const code = codeOf(error)
    return code !== 'ENOENT' && code !== 'ENOTDIR'
  }
}

/**
 * Reads strict JSON (no comments, no trailing commas; a UTF-8 byte order mark is passed over). Never writes.
 * Throws `config-missing`, `config-unreadable`, `config-invalid`.
 */
export function readConfigText(file: string): ConfigText {
  return parseConfigText(file, decode(file, readBytes(file)))
}

/** The same for a text that is to become this file. Throws `config-unreadable` for an empty one, `config-invalid`. */
export function parseConfigText(file: string, text: string): ConfigText {
  if (text.trim() === '') throw unreadable(file, 'empty')

  const errors: ParseError[] = []
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false })
  const lineAt = (offset: number): number => text.slice(0, offset).split(/\r\n|\r|\n/u).length
  const fault = errors.toSorted((one, other) => one.offset - other.offset)[0]
  if (fault !== undefined || root === undefined) {
    const comment = fault !== undefined && printParseErrorCode(fault.error) === 'InvalidCommentToken'
    throw invalid({
      file,
      line: lineAt(fault?.offset ?? 0),
      field: '',
      problem: comment ? 'comment-not-allowed' : 'syntax',
    })
  }
  const value = valueOf(root, [], (problem, node, path) => {
    throw invalid({ file, line: lineAt(node.offset), field: fieldName(path), problem })
  })

  return {
    file,
    value,
    lineOf: (path) => lineAt(nearest(root, path).offset),
    has: (path) => findNodeAtLocation(root, segments(path)) !== undefined,
  }
}

/**
 * On POSIX a machine-wide file decides who may do what, so nobody but its owner may write it, nor put another one in its
 * place. Windows keeps this by the access list of the folder, which the installer sets. Throws `config-unreadable`.
 */
export function assertOnlyOwnerWrites(file: string, platform: NodeJS.Platform): void {
  if (platform === 'win32') return
  const folder = statSync(dirname(file))
  const sticky = (folder.mode & 0o1000) !== 0
  if ((folder.mode & 0o022) !== 0 && !sticky) throw unreadable(file, 'folder-writable-by-others')
  if ((statSync(file).mode & 0o022) !== 0) throw unreadable(file, 'writable-by-others')
}

/** `directory.servers[0]`: a path as the page `docs/configuration.md` writes it. */
export function fieldName(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./u, '')
}

function readBytes(file: string): Buffer {
  try {
    // Looked at before it is opened: opening a named pipe would wait for its writer.
    const entry = statSync(file)
    if (entry.isDirectory()) throw unreadable(file, 'folder')
    if (!entry.isFile()) throw unreadable(file, 'not-a-file')
    const handle = openSync(file, 'r')
    try {
      if (fstatSync(handle).size > maxBytes) throw unreadable(file, 'too-large')
      return readFileSync(handle)
    } finally {
      closeSync(handle)
    }
  } catch (error) {
    if (error instanceof AppError) throw error
    const code = codeOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new AppError('config-missing', { file }, { cause: error })
    throw unreadable(file, code === 'EACCES' || code === 'EPERM' ? 'no-permission' : 'failed', error)
  }
}

function decode(file: string, bytes: Buffer): string {
  // RFC 8259 §8.1: UTF-8, a byte order mark may be ignored (Windows editors write one). TextDecoder drops it.
  if (bytes.includes(0)) throw unreadable(file, 'encoding')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw unreadable(file, 'encoding', error)
  }
}

type Refuse = (problem: ConfigProblem, node: Node, path: PropertyKey[]) => never

/** The plain value of a node. zod passes over `__proto__` in silence, so it is refused here. */
function valueOf(node: Node, path: readonly PropertyKey[], refuse: Refuse): unknown {
  const children = node.children ?? []
  if (path.length > maxNesting) return null
  if (node.type === 'array') return children.map((child, index) => valueOf(child, [...path, index], refuse))
  if (node.type !== 'object') return node.value

  const result: Record<string, unknown> = { __proto__: null }
  for (const { children: pair } of children) {
    const [name, content] = pair ?? []
    if (name === undefined || content === undefined || typeof name.value !== 'string') continue
    const here = [...path, name.value]
    if (name.value === '__proto__') refuse('unknown-field', name, here)
    if (Object.hasOwn(result, name.value)) refuse('duplicate-field', name, here)
    result[name.value] = valueOf(content, here, refuse)
  }
  return result
}

/** The node of the path, or of the nearest part of it that is written. A field points at its name, not at its value. */
function nearest(root: Node, path: readonly PropertyKey[]): Node {
  const node = findNodeAtLocation(root, segments(path))
  if (node === undefined) return path.length === 0 ? root : nearest(root, path.slice(0, -1))
  return node.parent?.type === 'property' ? node.parent : node
}

function segments(path: readonly PropertyKey[]): (string | number)[] {
  return path.filter((part) => typeof part !== 'symbol')
}

function codeOf(error: unknown): unknown {
  return error instanceof Error ? Reflect.get(error, 'code') : undefined
}
