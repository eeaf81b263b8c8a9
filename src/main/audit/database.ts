import Database from 'better-sqlite3'
import { chmodSync, closeSync, openSync } from 'node:fs'

export type AuditDatabase = Database.Database

// 'SSPR' as SQLite's application id: a copy is recognised whatever its name.
const applicationId = 0x53535052
/** 1: nobody could be erased. */
const schemaVersion = 2

const schema = `
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS rows (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    operation_id TEXT NOT NULL,
    phase TEXT NOT NULL,
    action TEXT NOT NULL,
    outcome TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    target_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    request_number INTEGER,
    actor_name TEXT NOT NULL,
    target_name TEXT NOT NULL,
    details TEXT NOT NULL,
    search TEXT NOT NULL,
    salt BLOB NOT NULL,
    commitment BLOB NOT NULL,
    hash BLOB NOT NULL,
    mac BLOB NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    target_details TEXT NOT NULL DEFAULT '',
    target_search TEXT NOT NULL DEFAULT ''
  ) STRICT;
  CREATE TABLE IF NOT EXISTS checkpoints (id INTEGER PRIMARY KEY, size INTEGER NOT NULL, note TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS erased (target_id TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT, WITHOUT ROWID;
  -- Speed bumps, not walls: whoever can write the file can drop them. The chain is what shows it.
  CREATE TRIGGER IF NOT EXISTS rows_no_change BEFORE UPDATE OF
    seq, at, operation_id, phase, action, outcome, actor_id, target_id, request_id, request_number, commitment, hash, mac, version
    ON rows BEGIN SELECT RAISE(ABORT, 'audit rows are append-only'); END;
  CREATE TRIGGER IF NOT EXISTS rows_only_emptied BEFORE UPDATE ON rows WHEN length(NEW.salt) > 0 OR NEW.target_name <> ''
    BEGIN SELECT RAISE(ABORT, 'audit rows are append-only'); END;
  CREATE TRIGGER IF NOT EXISTS rows_no_delete BEFORE DELETE ON rows BEGIN SELECT RAISE(ABORT, 'audit rows are append-only'); END;
  CREATE TRIGGER IF NOT EXISTS checkpoints_no_update BEFORE UPDATE ON checkpoints BEGIN SELECT RAISE(ABORT, 'checkpoints are append-only'); END;
  CREATE TRIGGER IF NOT EXISTS checkpoints_no_delete BEFORE DELETE ON checkpoints BEGIN SELECT RAISE(ABORT, 'checkpoints are append-only'); END;
`

const upgradeFromFirst = `
  DROP TRIGGER IF EXISTS rows_no_update;
  ALTER TABLE rows ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE rows ADD COLUMN target_details TEXT NOT NULL DEFAULT '';
  ALTER TABLE rows ADD COLUMN target_search TEXT NOT NULL DEFAULT '';
`

/** Opens for writing, mode 0600, made when absent. Throws what SQLite throws, and when a pragma did not take. */
export function openDatabase(file: string): AuditDatabase {
  // Made before SQLite does it: SQLite would take the umask, and -wal and -shm copy the mode of the main file.
  closeSync(openSync(file, 'a', 0o600))
  chmodSync(file, 0o600)
  const db = new Database(file, { timeout: 2000 })
  try {
    harden(db)
    assertOurs(db)
    db.transaction(() => {
      if (schemaVersionOf(db) === 1) db.exec(upgradeFromFirst)
      db.exec(schema)
      db.pragma(`application_id = ${applicationId}`)
      db.pragma(`user_version = ${schemaVersion}`)
    }).immediate()
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** As the file says; 0 for a new one. */
export function schemaVersionOf(db: AuditDatabase): unknown {
  return db.pragma('user_version', { simple: true })
}

/** The settings that durability rests on, after every open: a re-opened WAL database falls back to NORMAL. */
export function harden(db: AuditDatabase): void {
  db.pragma('trusted_schema = OFF')
  db.pragma('secure_delete = ON')
  if (process.platform === 'darwin') {
    // Plain fsync leaves data in the drive's cache there.
    db.pragma('fullfsync = ON')
    db.pragma('checkpoint_fullfsync = ON')
  }
  assertPragma(db, 'journal_mode = WAL', 'wal')
  db.pragma('synchronous = FULL')
  assertPragma(db, 'synchronous', 2)
}

function assertOurs(db: AuditDatabase): void {
  const id = db.pragma('application_id', { simple: true })
  const version = schemaVersionOf(db)
  if (id !== 0 && id !== applicationId) throw new Error('this database belongs to another program')
  if (typeof version !== 'number' || version > schemaVersion)
    throw new Error('this database was made by a newer version')
}

function assertPragma(db: AuditDatabase, pragma: string, expected: string | number): void {
  const value = db.pragma(pragma, { simple: true })
  if (value !== expected) throw new Error(`SQLite answered ${String(value)} to ${pragma}`)
}
