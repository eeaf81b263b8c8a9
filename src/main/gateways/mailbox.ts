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

/** A look into the mailbox: read-only, nothing is deleted, moved or marked as read. */
export interface OpenMailbox {
  readonly uidValidity: string
  /** Messages in the folder. */
  readonly messages: number
  /** Mails above this UID, oldest first, in batches; a mail that cannot be fetched comes with an empty source. */
  fetchAfter(
    uid: number,
    limits: { readonly batch: number; readonly maxBytes: number },
  ): AsyncIterable<readonly RawMail[]>
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
