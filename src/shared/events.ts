/** The few pushes from main. Payloads carry ids only; the renderer asks for what it may see. */
export interface DeskEvents {
  /** Requests were added or changed; `null`: more than one. */
  'queue-changed': { readonly requestId: string | null }
  /** Proofs, failures or approvals of one request changed. */
  'verification-changed': { readonly requestId: string }
  /** What became of a code that an enrolment at this desk waits for. */
  'enrolment-changed': Record<string, never>
  /** Mails of the intake were added or changed. */
  'intake-changed': Record<string, never>
  /** Something waits for an approver, or no longer does. */
  'approvals-changed': Record<string, never>
  'threat-changed': Record<string, never>
  /** The security key at this machine waits for something else. */
  'security-key-changed': Record<string, never>
  /** An import got on. */
  'import-changed': Record<string, never>
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
  'enrolment-changed',
  'intake-changed',
  'approvals-changed',
  'threat-changed',
  'security-key-changed',
  'import-changed',
  'health-changed',
  'show-request',
  'session-changed',
  'desk-closed',
] as const

export type DeskEventName = keyof DeskEvents
