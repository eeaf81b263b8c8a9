/** The few pushes from main. Payloads carry ids only; the renderer asks for what it may see. */
export interface DeskEvents {
  /** Requests were added or changed; `null`: more than one. */
  'queue-changed': { readonly requestId: string | null }
  /** Proofs, failures or approvals of one request changed. */
  'verification-changed': { readonly requestId: string }
  /** Mails of the intake were added or changed. */
  'intake-changed': Record<string, never>
  /** A part of the health line changed. */
  'health-changed': Record<string, never>
  /** The person clicked a desktop notification: show this request, or the queue. */
  'show-request': { readonly requestId: string | null }
  /** The session is locked or over: drop what only an operator may see. */
  'session-changed': {
    readonly reason: 'idle' | 'locked' | 'signed-out' | 'rejected' | 'computer-locked' | 'settings-changed'
  }
  /** The audit store failed after a write: no further action until it is mended. */
  'desk-closed': Record<string, never>
}

export const deskEvents = [
  'queue-changed',
  'verification-changed',
  'intake-changed',
  'health-changed',
  'show-request',
  'session-changed',
  'desk-closed',
] as const

export type DeskEventName = keyof DeskEvents
