import Database from 'better-sqlite3'
import { join } from 'node:path'
import { destinationSecret } from '../../src/main/domain/registration-secrets'
import { aMethod } from '../../tests/support/stores'
import type { BenchResult } from './audit'
import { aPersonId, withRegistrations } from './registrations'

const people = 2000
const methodsEach = 5
const rounds = 1000
const mostMs = 5

/** One person's methods, checked and opened, against the bare query of their rows; both take turns. */
export async function benchMethods(): Promise<BenchResult[]> {
  return withRegistrations(async ({ folder, stores, personVault, destinations }) => {
    const ids = Array.from({ length: people }, aPersonId)
    const methods = ids.flatMap((personId) =>
      Array.from({ length: methodsEach }, () => aMethod({ personId, type: 'mobile', kind: 'phone' })),
    )
    const named = methods.map((method, index) => {
      const to = `+8190${String(index).padStart(8, '0')}`
      return { id: method.id, personId: method.personId, plain: destinationSecret({ to, extension: '' }) }
    })
    const secrets = await personVault.sealSecrets(named)
    await stores.methods.addMany(
      methods.map((method, index) => ({ ...method, secret: secrets[index] ?? method.secret })),
    )

    const database = new Database(join(folder, 'desk.db'), { readonly: true })
    const query = database.prepare('select * from methods where person_id = ? order by registered_at, id')
    const bare: number[] = []
    const ours: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const personId = ids[(round * 7) % people] ?? ''
      let begun = performance.now()
      const rows = query.all(personId)
      bare.push(performance.now() - begun)
      begun = performance.now()
      const reached = await destinations.reach(personId, await stores.methods.ofPerson(personId))
      ours.push(performance.now() - begun)
      if (rows.length !== reached.length) throw new Error('the two did not read the same')
    }
    database.close()
    const extra = Math.round((median(ours) - median(bare)) * 100) / 100
    const ratio = Math.round((median(ours) / median(bare)) * 100) / 100
    const name = `one person's ${methodsEach} methods, opened, over the bare query`
    return [{ name, measured: extra, limit: mostMs, unit: 'ms more', ratio, ok: extra <= mostMs }]
  })
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
}
