import { createHash, randomUUID } from 'node:crypto'
import { openStores } from '../../src/main/stores/database'
import { silentLog } from './silent-log'
import { aClaim, aClosing, aNewRequest, aPerson, at, aTakenMail, mailTimes } from './stores'
import { testVault } from './vault'

/** Writes requests and changes to this database and a line for each to standard output, until the process is killed. */
export async function writeUntilKilled(file: string, key: string): Promise<never> {
  const stores = await openStores({ file, vault: testVault(Buffer.from(key, 'hex')), log: silentLog })
  for (;;) {
    const { id } = await stores.requests.create(aNewRequest())
    await stores.requests.change(id, 1, aClaim())
    process.stdout.write(`${id}\n`)
    await stores.requests.change(id, 2, aClosing())
  }
}

/** Of the mailbox that {@link takeUntilKilled} reads. */
export const killedMailbox = 'box'

/** The mail in this place of the mailbox: every third comes from a person who asked before. */
function mailInPlace(uid: number): { readonly personId: string; readonly digest: string } {
  const hex = createHash('sha256')
    .update(`${uid - (uid % 3)}`)
    .digest('hex')
  const personId = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}@dc=x`
  return { personId, digest: createHash('sha256').update(`mail ${uid}`).digest('hex') }
}

/**
 * Reads the same mailbox from wherever the cursor stands, a few mails at a time, and closes some cases in between; a line for
 * each step to standard output, until the process is killed.
 */
export async function takeUntilKilled(file: string, key: string): Promise<never> {
  const stores = await openStores({ file, vault: testVault(Buffer.from(key, 'hex')), log: silentLog })
  for (;;) {
    const lastUid = (await stores.mails.cursor(killedMailbox))?.lastUid ?? 0
    const mails = Array.from({ length: 1 + (lastUid % 4) }, (_, index) => {
      const uid = lastUid + 1 + index
      const { personId, digest } = mailInPlace(uid)
      return aTakenMail({ id: randomUUID(), uid, digest, person: aPerson({ id: personId }), receivedAt: at(uid) })
    })
    const cursor = { uidValidity: '1', lastUid: lastUid + mails.length }
    const times = { ...mailTimes, at: at(lastUid + 1000), foldSeconds: 1 }
    const outcomes = await stores.mails.take(killedMailbox, cursor, mails, times)
    process.stdout.write(`${outcomes.length}\n`)
    for (const outcome of outcomes) {
      if (outcome.kind !== 'created' || outcome.request.number % 5 !== 0) continue
      await stores.requests.change(outcome.request.id, 1, aClosing('done', 0))
    }
  }
}
