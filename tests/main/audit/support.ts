import Database from 'better-sqlite3'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openAudit, type AuditOptions } from '../../../src/main/audit/store'
import type { AuditEvent, AuditStore } from '../../../src/main/audit/audit'
import { createVault, writeKeyFile, type SecretVault } from '../../../src/main/vault'

export const ana = { id: '11111111-1111-4111-8111-111111111111@dc=example', name: '佐藤 美咲' }
export const hanako = { id: '22222222-2222-4222-8222-222222222222@dc=example', name: '山田 花子' }

export const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore }

export const clock = { now: () => 1_780_000_000_000, iso: () => new Date(1_780_000_000_000).toISOString() }

export function anEvent(change: Partial<AuditEvent> = {}): AuditEvent {
  return {
    action: 'reset.password',
    actor: ana,
    target: hanako,
    request: { id: '33333333-3333-4333-8333-333333333333', number: 7 },
    details: { channel: 'phone' },
    ...change,
  }
}

export interface Place {
  readonly dir: string
  readonly file: string
  readonly sideFile: string
  readonly vault: SecretVault
  open(change?: Partial<AuditOptions>): AuditStore
  /** Works on the file behind the app's back, with every speed bump taken away. */
  tamper(change: (db: Database.Database) => void): void
  remove(): void
}

/** A folder with a vault of its own; every store opened through it is closed by `remove`. */
export async function aPlace(): Promise<Place> {
  const dir = mkdtempSync(join(tmpdir(), 'sspr-audit-'))
  const file = join(dir, 'audit.db')
  const keyFile = join(dir, 'key')
  writeKeyFile(keyFile)
  const { vault } = await createVault({ dir, protection: { kind: 'key-file', file: keyFile }, clock })
  const opened: AuditStore[] = []
  return {
    dir,
    file,
    sideFile: join(dir, 'audit-checkpoints.txt'),
    vault,
    open(change = {}) {
      const store = openAudit({ file, vault, clock, log: silent, ...change })
      opened.push(store)
      return store
    },
    tamper(change) {
      tamper(file, change)
    },
    remove() {
      for (const store of opened) store.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

export function tamper(file: string, change: (db: Database.Database) => void): void {
  const db = new Database(file)
  try {
    const triggers = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck(true).all()
    for (const trigger of triggers) db.exec(`DROP TRIGGER ${trigger}`)
    change(db)
  } finally {
    db.close()
  }
}

/** Appends `count` single rows. */
export function fill(store: AuditStore, count: number): void {
  for (let n = 1; n <= count; n += 1) store.append(anEvent({ action: 'request.note', details: { n } }), 'succeeded')
}

function ignore(): void {
  // A test that wants to see the log brings its own.
}
