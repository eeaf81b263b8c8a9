import { createHash, randomUUID } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../shared/errors'
import { instant } from '../../shared/model/common'
import { wrappedKey } from './wrapping'

const content = z.strictObject({
  format: z.literal('sspr-desk-vault'),
  version: z.literal(1),
  installationId: z.uuid(),
  createdAt: instant,
  wrap: wrappedKey,
  /** HMAC under the installation key: tells a right key from another one. */
  check: z.string().regex(/^[0-9a-f]{64}$/u),
  signing: z.strictObject({ publicKey: z.base64(), sealed: z.base64() }),
})

// The checksum has no key: it tells damage from a wrong passphrase, not from an attack.
const vaultFile = content.extend({ checksum: z.string() })

export type VaultFile = z.infer<typeof content>

export function vaultPath(dir: string): string {
  return join(dir, 'vault.json')
}

/** Throws `vault-not-set-up`, or `vault-damaged` with `file`; never changes what it could not read. */
export function readVaultFile(dir: string): VaultFile {
  const file = vaultPath(dir)
  if (!existsSync(file)) throw new AppError('vault-not-set-up')
  const parsed = vaultFile.safeParse(parse(file))
  if (!parsed.success) throw new AppError('vault-damaged', { file }, { cause: parsed.error })
  const { checksum, ...rest } = parsed.data
  if (checksum !== checksumOf(rest)) throw new AppError('vault-damaged', { file })
  return rest
}

/** Atomic: a temporary file with mode 0600, fsync, rename, fsync of the folder. */
export function writeVaultFile(dir: string, vault: VaultFile): void {
  const file = vaultPath(dir)
  const temporary = `${file}.${randomUUID()}.tmp`
  const rest = content.parse(vault)
  try {
    const handle = openSync(temporary, 'wx', 0o600)
    try {
      writeFileSync(handle, `${JSON.stringify({ ...rest, checksum: checksumOf(rest) }, null, 2)}\n`)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    renameSync(temporary, file)
  } finally {
    rmSync(temporary, { force: true })
  }
  syncFolder(dirname(file))
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new AppError('vault-damaged', { file }, { cause: error })
  }
}

/** Over the parsed fields in the schema's order, so that it does not depend on white space. */
function checksumOf(vault: VaultFile): string {
  return createHash('sha256')
    .update(JSON.stringify(content.parse(vault)))
    .digest('hex')
}

/** Windows cannot open a folder for this; its file system journals the rename. */
function syncFolder(dir: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(dir, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
