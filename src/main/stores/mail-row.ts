import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { IntakeMail } from '../../shared/model/intake'
import type { RowParts } from './rows'
import type { StoredMail, TakenMail } from './stores'
import type { MailTable } from './tables'

export type UnsignedMail = Omit<MailTable, 'seq' | 'mac'>

/** A mail as it is read: the database has given it its place. */
export type MailRow = Omit<MailTable, 'seq'> & { readonly seq: number }

const named = z.array(z.string())

/** Everything but the place in the list; the sealed text by its digest. */
export function mailParts(row: UnsignedMail): RowParts {
  return [
    row.id,
    row.mailbox,
    row.uid_validity,
    row.uid,
    row.digest,
    row.received_at,
    row.sender,
    row.subject,
    createHash('sha256').update(row.text).digest('hex'),
    row.cut,
    row.template,
    row.reason,
    row.named,
    row.state,
    row.trouble,
    row.request_id,
    row.request_number,
    row.settled_by_id,
    row.settled_by_name,
    row.settled_at,
    row.settled_reason,
  ]
}

export function mailOf(row: UnsignedMail): IntakeMail {
  return {
    id: row.id,
    receivedAt: row.received_at,
    from: row.sender,
    subject: row.subject,
    template: row.template,
    state: row.state,
    trouble: row.trouble,
    named: named.parse(JSON.parse(row.named)),
    requestId: row.request_id,
    requestNumber: row.request_number,
    cut: row.cut === 1,
  }
}

export function storedMailOf(row: UnsignedMail): StoredMail {
  return { mail: mailOf(row), text: Uint8Array.from(row.text), reason: row.reason }
}

/** A mail as it is taken; where it comes from and what becomes of it is added. */
export function takenRow(mail: TakenMail): Omit<UnsignedMail, 'mailbox' | 'uid_validity'> {
  return {
    id: mail.id,
    uid: mail.uid,
    digest: mail.digest,
    received_at: mail.receivedAt,
    sender: mail.from,
    subject: mail.subject,
    text: Buffer.from(mail.text),
    cut: mail.cut ? 1 : 0,
    template: mail.template,
    reason: mail.reason,
    named: JSON.stringify(mail.named),
    state: 'waiting',
    trouble: mail.trouble,
    request_id: null,
    request_number: null,
    settled_by_id: null,
    settled_by_name: null,
    settled_at: null,
    settled_reason: '',
  }
}
