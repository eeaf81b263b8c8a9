/** What services ask of the desktop around the app. Implemented in `src/main/desktop`; tests bring their own. */
export interface DesktopPort {
  /** To the clipboard; cleared after `seconds` only if the clipboard still holds it: what was copied since is the person's. */
  copySecret(secret: string, seconds: number): Promise<void>
  /** Clears the last copied secret at once, on the same condition. */
  forgetSecret(): Promise<void>
  /** Asks where to save; `null` when the dialog was cancelled. */
  askSaveFile(suggestion: { readonly name: string; readonly extension: string }): Promise<string | null>
  /** Opens in the system's browser. The caller has checked the address. */
  openExternal(url: string): Promise<void>
}
