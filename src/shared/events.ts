/** The few pushes from main. Payloads carry ids only; the renderer asks for what it may see. */
export interface DeskEvents {
  /** Requests were added or changed; `null`: more than one. */
  'queue-changed': { readonly requestId: string | null }
  /** Proofs, failures or approvals of one request changed. */
  'verification-changed': { readonly requestId: string }
  /** The session is locked or over: drop what only an operator may see. */
  'session-changed': { readonly reason: 'idle' | 'locked' | 'signed-out' | 'rejected' | 'computer-locked' }
  /** The audit store failed after a write: no further action until it is mended. */
  'desk-closed': Record<string, never>
}

export const deskEvents = ['queue-changed', 'verification-changed', 'session-changed', 'desk-closed'] as const

export type DeskEventName = keyof DeskEvents
