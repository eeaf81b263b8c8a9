import type { Kysely } from 'kysely'
import type { SecretVault } from '../vault'
import { assertRow, rowMac, type RowParts } from './rows'
import type { ProofStore, StoredProof } from './stores'
import type { ProofTable, Tables } from './tables'

type UnsignedProof = Omit<ProofTable, 'mac'>

/**
 * Proofs in SQL (DESIGN.md §5.1). Every change is a compare-and-set on the row's MAC inside one transaction: of two who want
 * the same proof exactly one gets it.
 */
export class ProofRows implements ProofStore {
  readonly #database: Kysely<Tables>
  readonly #vault: SecretVault

  constructor(database: Kysely<Tables>, vault: SecretVault) {
    this.#database = database
    this.#vault = vault
  }

  async ofRequest(requestId: string): Promise<StoredProof[]> {
    return (await this.#rowsOf(this.#database, requestId)).map(proofOf)
  }

  async get(id: string): Promise<StoredProof | null> {
    const [row] = await this.#rowsById(this.#database, [id])
    return row === undefined ? null : proofOf(row)
  }

  async waiting(now: string, limit: number): Promise<StoredProof[]> {
    const rows = await this.#database
      .selectFrom('proofs')
      .selectAll()
      .where('approval', '=', 'waiting')
      .where('expires_at', '>', now)
      .where('revoked_at', 'is', null)
      .where('spent_by', 'is', null)
      .orderBy('proven_at')
      .orderBy('id')
      .limit(limit)
      .execute()
    return this.#asserted(rows).map(proofOf)
  }

  async add(proof: StoredProof): Promise<void> {
    const row = this.#signed({
      id: proof.id,
      request_id: proof.requestId,
      person_id: proof.personId,
      agent_id: proof.agentId,
      kind: proof.kind,
      method_id: proof.methodId,
      label: proof.label,
      attestation: proof.attestation,
      proven_at: proof.provenAt,
      expires_at: proof.expiresAt,
      approval: proof.approval,
      approver_id: proof.approverId,
      approver_name: proof.approverName,
      spent_by: proof.spentBy,
      spent_at: proof.spentAt,
      revoked_at: null,
      action: proof.action,
    })
    await this.#database.transaction().execute((trx) => trx.insertInto('proofs').values(row).execute())
  }

  decide(id: string, decision: Parameters<ProofStore['decide']>[1]): Promise<boolean> {
    return this.#database.transaction().execute(async (trx) => {
      const [before] = await this.#rowsById(trx, [id])
      if (before === undefined || before.approval !== 'waiting' || !isLive(before, decision.now)) return false
      return this.#replace(trx, before, {
        approval: decision.approval,
        approver_id: decision.approverId,
        approver_name: decision.approverName,
        expires_at: decision.expiresAt,
      })
    })
  }

  async spend(ids: readonly string[], operationId: string, now: string): Promise<boolean> {
    // No proof at all must never pass for enough of them.
    if (ids.length === 0 || new Set(ids).size !== ids.length) return false
    try {
      await this.#database.transaction().execute(async (trx) => {
        const rows = await this.#rowsById(trx, ids)
        if (rows.length !== ids.length || !isOneCase(rows)) throw new NotSpendable()
        for (const row of rows) {
          const spendable = isLive(row, now) && row.approval !== 'waiting' && row.approval !== 'refused'
          const won = spendable && (await this.#replace(trx, row, { spent_by: operationId, spent_at: now }))
          if (!won) throw new NotSpendable()
        }
      })
      return true
    } catch (error) {
      if (error instanceof NotSpendable) return false
      throw error
    }
  }

  async unspend(operationId: string): Promise<void> {
    await this.#database.transaction().execute(async (trx) => {
      const rows = await trx.selectFrom('proofs').selectAll().where('spent_by', '=', operationId).execute()
      for (const row of this.#asserted(rows)) await this.#replace(trx, row, { spent_by: null, spent_at: null })
    })
  }

  async revoke(requestId: string, now: string): Promise<void> {
    await this.#database.transaction().execute(async (trx) => {
      const rows = await this.#rowsOf(trx, requestId)
      for (const row of rows) if (row.revoked_at === null) await this.#replace(trx, row, { revoked_at: now })
    })
  }

  /** For an erasure: what is left of the proofs of a request says nothing of whose they were. */
  async erase(trx: Kysely<Tables>, requestId: string, nobody: string): Promise<void> {
    const rows = await this.#rowsOf(trx, requestId)
    for (const row of rows) await this.#replace(trx, row, { person_id: nobody, label: '', method_id: null })
  }

  async #rowsOf(database: Kysely<Tables>, requestId: string): Promise<ProofTable[]> {
    const rows = await database
      .selectFrom('proofs')
      .selectAll()
      .where('request_id', '=', requestId)
      .orderBy('proven_at')
      .orderBy('id')
      .execute()
    return this.#asserted(rows)
  }

  async #rowsById(database: Kysely<Tables>, ids: readonly string[]): Promise<ProofTable[]> {
    return this.#asserted(await database.selectFrom('proofs').selectAll().where('id', 'in', ids).execute())
  }

  /** `false`: somebody changed the row after it was read. */
  async #replace(trx: Kysely<Tables>, before: ProofTable, change: Partial<UnsignedProof>): Promise<boolean> {
    const { numUpdatedRows } = await trx
      .updateTable('proofs')
      .set(this.#signed({ ...before, ...change }))
      .where('id', '=', before.id)
      .where('mac', '=', before.mac)
      .executeTakeFirst()
    return numUpdatedRows === 1n
  }

  #signed(row: UnsignedProof): ProofTable {
    return { ...row, mac: rowMac(this.#vault, 'proofs', partsOf(row)) }
  }

  #asserted(rows: ProofTable[]): ProofTable[] {
    for (const row of rows) assertRow(this.#vault, 'proofs', row.id, row.mac, partsOf(row))
    return rows
  }
}

/** Rolls a spending back as a whole; never leaves this file. */
class NotSpendable extends Error {}

function isLive(row: ProofTable, now: string): boolean {
  return row.spent_by === null && row.revoked_at === null && row.expires_at > now
}

function isOneCase(rows: readonly ProofTable[]): boolean {
  const cases = new Set(rows.map((row) => JSON.stringify([row.request_id, row.person_id, row.agent_id])))
  return cases.size === 1
}

function partsOf(row: UnsignedProof): RowParts {
  return [
    row.id,
    row.request_id,
    row.person_id,
    row.agent_id,
    row.kind,
    row.method_id,
    row.label,
    row.attestation,
    row.proven_at,
    row.expires_at,
    row.approval,
    row.approver_id,
    row.approver_name,
    row.spent_by,
    row.spent_at,
    row.revoked_at,
    row.action,
  ]
}

/** A revoked, unspent proof ended when it was revoked; a spent one keeps its own end. */
function proofOf(row: ProofTable): StoredProof {
  const ended = row.spent_by === null && row.revoked_at !== null && row.revoked_at < row.expires_at
  return {
    id: row.id,
    requestId: row.request_id,
    personId: row.person_id,
    agentId: row.agent_id,
    kind: row.kind,
    methodId: row.method_id,
    label: row.label,
    attestation: row.attestation,
    action: row.action,
    provenAt: row.proven_at,
    expiresAt: ended && row.revoked_at !== null ? row.revoked_at : row.expires_at,
    approval: row.approval,
    approverId: row.approver_id,
    approverName: row.approver_name,
    spentBy: row.spent_by,
    spentAt: row.spent_at,
  }
}
