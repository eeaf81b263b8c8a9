const listeners = new Set<() => void>()

/**
 * Registers what a store drops when the operator signs out, so that the next one finds nothing of theirs. Called once, in
 * the store's set-up: `forgetOnSignOut(() => { requests.value = [] })`.
 */
export function forgetOnSignOut(drop: () => void): void {
  listeners.add(drop)
}

/** Empties every registered store. */
export function forgetEverything(): void {
  for (const drop of listeners) drop()
}
