/** One mail as it lies in the mailbox. */
export interface RawMail {
  readonly uid: number
  /** INTERNALDATE, UTC ISO. */
  readonly receivedAt: string
  /** Size on the server in bytes; `source` may hold less of it. */
  readonly size: number
  /** The raw mail, at most the number of bytes that was asked for. */
  readonly source: Uint8Array
}

/** Where the intake stands in a mailbox; as the stores keep it. */
export interface MailboxPosition {
  /** RFC 9051 §2.3.1.1, as decimal text. */
  readonly uidValidity: string
  readonly lastUid: number
}

export interface FetchLimits {
  readonly batch: number
  readonly maxBytes: number
  /** The first mail is not asked for and comes with an empty source: for one at which the server drops the connection. */
  readonly passOver: boolean
}

/** A look into the mailbox: read-only, nothing is deleted, moved or marked as read. */
export interface OpenMailbox {
  readonly uidValidity: string
  /** The UID that the next mail will have (RFC 9051 §2.3.1.1); infinite where the server does not say. */
  readonly uidNext: number
  /** Messages in the folder. */
  readonly messages: number
  /** Mails above this UID, oldest first, in batches; a mail that cannot be fetched comes with an empty source. */
  fetchAfter(uid: number, limits: FetchLimits): AsyncIterable<readonly RawMail[]>
  /** The last UID that is older than this instant; 0 when none is. Where the first connection begins. */
  lastUidBefore(instant: string): Promise<number>
  /** Resolves when something new may be there, after at most `maxMs`, or at once when the connection is lost. */
  waitForNews(maxMs: number): Promise<void>
  /** Idempotent, never throws. */
  close(): Promise<void>
}

/**
 * A mailbox over IMAP. Throws `mailbox-unreachable`, `mailbox-certificate`, `mailbox-tls-refused` (nothing is sent in clear),
 * `mailbox-refused` (user name or password), `mailbox-folder-missing`.
 */
export interface Mailbox {
  open(password: string): Promise<OpenMailbox>
}

/** What a mail says, as inert text: no markup, no control characters, nothing that turns the direction of reading. */
export interface MailContent {
  /** Name and address of the sender as the mail claims, at most 320 characters. */
  readonly from: string
  /** The address alone, lower case; empty: none. */
  readonly address: string
  /** At most 320 characters. */
  readonly subject: string
  /** Plain text, of forwarded mails too, at most 10,000 characters; from HTML only what is text. */
  readonly text: string
  /** The text was longer than that. */
  readonly cut: boolean
  /** SHA-256, hex: the same mail has the same wherever it lies; one that could not be fetched has a new one each time. */
  readonly digest: string
}

/** Reads a raw mail, or the part of it that was fetched. Never throws: a mail that cannot be read has an empty text. */
export type ReadRawMail = (mail: Pick<RawMail, 'source' | 'size' | 'uid' | 'receivedAt'>) => Promise<MailContent>
