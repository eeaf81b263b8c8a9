import type { Kysely } from 'kysely'
import type { TakenMail } from './stores'
import type { Tables } from './tables'

const askedAtOnce = 200

/**
 * Mails that were taken before: by their place in the mailbox, or, under another UIDVALIDITY or in another folder, by their content.
 * Two places of one mailbox are two mails, whatever is in them: a form may send the same twice, months apart.
 */
export async function knownAmong(
  trx: Kysely<Tables>,
  mailbox: string,
  uidValidity: string,
  mails: readonly TakenMail[],
): Promise<{ readonly uids: Set<number>; readonly digests: Set<string> }> {
  const uids = new Set<number>()
  const digests = new Set<string>()
  for (let start = 0; start < mails.length; start += askedAtOnce) {
    const some = mails.slice(start, start + askedAtOnce)
    const places = await trx
      .selectFrom('mails')
      .select('uid')
      .where('mailbox', '=', mailbox)
      .where('uid_validity', '=', uidValidity)
      .where(
        'uid',
        'in',
        some.map(({ uid }) => uid),
      )
      .execute()
    const contents = await trx
      .selectFrom('mails')
      .select('digest')
      .where(
        'digest',
        'in',
        some.map(({ digest }) => digest),
      )
      .where((eb) => eb.or([eb('mailbox', '!=', mailbox), eb('uid_validity', '!=', uidValidity)]))
      .execute()
    for (const { uid } of places) uids.add(uid)
    for (const { digest } of contents) digests.add(digest)
  }
  return { uids, digests }
}
