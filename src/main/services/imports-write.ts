import { randomUUID } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { PersonId } from '../../shared/model/common'
import type { Clock } from '../clock'
import { freeLabel } from '../domain/imports'
import { kindOf, methodsOfAType } from '../domain/registration'
import { destinationSecret } from '../domain/registration-secrets'
import type { MethodStore, StoredMethod, Stores } from '../stores/stores'
import type { Destinations } from './codes-destinations'
import type { PersonRow } from './imports-check'
import type { PersonVault } from './person-vault'

export interface ImportWriterParts {
  readonly stores: { readonly methods: Pick<MethodStore, 'ofPerson' | 'addMany'> } & Pick<Stores, 'erasures'>
  readonly destinations: Pick<Destinations, 'reach'>
  readonly personVault: Pick<PersonVault, 'sealSecrets'>
  readonly clock: Clock
}

/** What one batch did. */
export interface WrittenBatch {
  readonly added: number
  readonly skipped: number
  readonly people: readonly PersonId[]
}

/** Rows of one transaction. */
const batchSize = 300
const ever = new Date(0).toISOString()

/**
 * Writes checked rows as unconfirmed methods, some hundred in one transaction: a crash leaves whole batches, and the same file brings the
 * rest. What is there already is skipped.
 */
export class ImportWriter {
  readonly #parts: ImportWriterParts

  constructor(parts: ImportWriterParts) {
    this.#parts = parts
  }

  /** Throws the reason of `signal` between two batches. */
  async *write(rows: readonly PersonRow[], signal: AbortSignal): AsyncGenerator<WrittenBatch> {
    for (const batch of batchesOf(rows)) {
      signal.throwIfAborted()
      const fresh = await this.#fresh(batch)
      await this.#add(fresh)
      yield {
        added: fresh.length,
        skipped: batch.length - fresh.length,
        people: [...new Set(fresh.map(({ personId }) => personId))],
      }
      await nextTurn()
    }
  }

  /** Rows that still may be written, with a name that their person has not used. */
  async #fresh(batch: readonly PersonRow[]): Promise<PersonRow[]> {
    const { stores, destinations } = this.#parts
    const erased = new Set((await stores.erasures.since(ever)).map(({ personId }) => personId))
    const fresh: PersonRow[] = []
    for (const [personId, own] of Map.groupBy(batch, (row) => row.personId)) {
      if (erased.has(personId)) continue
      const methods = await stores.methods.ofPerson(personId)
      const reached = methods.length === 0 ? [] : await destinations.reach(personId, methods)
      const places = new Set(reached.flatMap(({ destination }) => destination?.to.toLowerCase() ?? []))
      const labels = new Set(methods.map(({ label }) => label))
      const types = methods.map(({ type }) => type)
      for (const row of own) {
        const place = row.to.toLowerCase()
        if (places.has(place) || types.filter((type) => type === row.type).length >= methodsOfAType) continue
        const label = freeLabel(row.label, labels)
        places.add(place)
        labels.add(label)
        types.push(row.type)
        fresh.push({ ...row, label })
      }
    }
    return fresh
  }

  async #add(rows: readonly PersonRow[]): Promise<void> {
    if (rows.length === 0) return
    const { stores, personVault, clock } = this.#parts
    const named = rows.map((row) => ({ row, id: randomUUID(), personId: row.personId }))
    const secrets = await personVault.sealSecrets(
      named.map(({ row, id, personId }) => ({ id, personId, plain: destinationSecret(row) })),
    )
    const registeredAt = clock.iso()
    const methods = named.flatMap(({ row, id, personId }, index): StoredMethod[] => {
      const secret = secrets[index]
      if (secret === undefined) return []
      const { type, label } = row
      return [
        {
          ...{ id, personId, type, kind: kindOf(type), label, registeredAt, secret },
          confirmedAt: null,
          isDefault: false,
          lastUsedAt: null,
          firstInPerson: false,
          lastStep: null,
          recentDrift: [],
        },
      ]
    })
    await stores.methods.addMany(methods)
  }
}

/** One person's rows are beside each other and stay in one batch. */
function* batchesOf(rows: readonly PersonRow[]): Generator<PersonRow[]> {
  let batch: PersonRow[] = []
  for (const row of rows) {
    if (batch.length >= batchSize && batch.at(-1)?.personId !== row.personId) {
      yield batch
      batch = []
    }
    batch.push(row)
  }
  if (batch.length > 0) yield batch
}
