import type { DeskEventName, DeskEvents } from '../../shared/events'

/** Tells the screens that something changed; payloads carry ids only. */
export type Emit = <N extends DeskEventName>(name: N, payload: DeskEvents[N]) => void

type Listeners = { readonly [N in DeskEventName]: Set<(payload: DeskEvents[N]) => void> }

/** The desk's pushes, from the services that emit them to whoever forwards them. */
export class EventHub {
  readonly #listeners: Listeners = {
    'queue-changed': new Set(),
    'verification-changed': new Set(),
    'enrolment-changed': new Set(),
    'intake-changed': new Set(),
    'approvals-changed': new Set(),
    'threat-changed': new Set(),
    'security-key-changed': new Set(),
    'import-changed': new Set(),
    'health-changed': new Set(),
    'show-request': new Set(),
    'session-changed': new Set(),
    'desk-closed': new Set(),
  }

  readonly emit: Emit = (name, payload) => {
    for (const listener of this.#listeners[name]) listener(payload)
  }

  /** The answer stops listening. */
  on<N extends DeskEventName>(name: N, listener: (payload: DeskEvents[N]) => void): () => void {
    this.#listeners[name].add(listener)
    return () => this.#listeners[name].delete(listener)
  }
}
