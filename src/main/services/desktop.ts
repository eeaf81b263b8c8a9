/** What services ask of the desktop around the app. Implemented in `src/main/desktop`; tests bring their own. */
export interface DesktopPort {
  /** To the clipboard; cleared after `seconds` only if the clipboard still holds it: what was copied since is the person's. */
  copySecret(secret: string, seconds: number): Promise<void>
  /** Clears the last copied secret at once, on the same condition. */
  forgetSecret(): Promise<void>
  /** Asks where to save; `null` when the dialog was cancelled. */
  askSaveFile(suggestion: { readonly name: string; readonly extension: string }): Promise<string | null>
  /**
   * Asks for a file and reads it as text, at most 1 MiB; `name` is its absolute path. `null` when the dialog was cancelled. Throws
   * `file-unreadable`.
   */
  askOpenFile(kinds: { readonly extensions: readonly string[] }): Promise<{ name: string; text: string } | null>
  /** Asks for a file and answers its absolute path, for those that are read in steps; `null` when the dialog was cancelled. */
  askOpenPath(kinds: { readonly extensions: readonly string[] }): Promise<string | null>
  /** A notification of the operating system; without one it is silent. Never holds a name: others see the screen too. */
  notify(notification: { readonly title: string; readonly body: string; readonly onClick: () => void }): void
  /** Opens in the system's browser. The caller has checked the address. */
  openExternal(url: string): Promise<void>
  /** Hands a `tel:`, `sip:` or `callto:` address to the program that makes calls. Throws `dial-not-possible {scheme}`. */
  dial(address: string): Promise<void>
}
