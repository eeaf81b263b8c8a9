import type { AuditVerdict } from '../../shared/model/audit'
import type { AuditPage, AuditQuery, AuditStore } from '../audit/audit'
import type { Clock } from '../clock'
import { actorOf } from './audit-subjects'
import type { DesktopPort } from './desktop'
import type { Acting } from './session'

interface AuditParts {
  readonly audit: AuditStore
  readonly desktop: Pick<DesktopPort, 'askSaveFile'>
  readonly clock: Clock
}

/** Reading, verifying and copying what happened; who may is said in `ipc/audit.ts`. */
export class AuditService {
  readonly #parts: AuditParts

  constructor(parts: AuditParts) {
    this.#parts = parts
  }

  list(query: AuditQuery): Promise<AuditPage> {
    return this.#parts.audit.list(query)
  }

  /** Works on a closed desk too, and opens it again where the store is sound. */
  async verify(acting: Acting): Promise<AuditVerdict> {
    const { audit } = this.#parts
    const verdict = await audit.verify()
    if (audit.closed && verdict.intact) audit.reopen()
    const details = { rows: verdict.rows, problem: verdict.problem, brokenSeq: verdict.brokenSeq ?? 0 }
    audit.append({ action: 'audit.verify', actor: actorOf(acting), details }, verdict.intact ? 'succeeded' : 'broken')
    return verdict
  }

  /** `null` when the file dialog was cancelled. Throws `audit-copy-failed`. */
  async saveCopy(acting: Acting): Promise<{ file: string } | null> {
    const { audit, desktop, clock } = this.#parts
    const name = `audit-${clock.iso().slice(0, 10)}.db`
    const file = await desktop.askSaveFile({ name, extension: 'db' })
    if (file === null) return null

    const copy = async (): Promise<void> => audit.saveCopy(file)
    const event = { action: 'audit.save-copy', actor: actorOf(acting), details: { file } } as const
    // The broken store of a closed desk is just what an auditor wants a copy of.
    if (!audit.closed) await audit.record(event, copy)
    else await copy()
    return { file }
  }
}
