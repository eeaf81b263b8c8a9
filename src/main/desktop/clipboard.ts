import type { Clipboard } from 'electron'

type TextClipboard = Pick<Clipboard, 'readText' | 'writeText' | 'clear'>

/** Puts a secret on the clipboard, and takes it off again. */
export interface SecretClipboard {
  /** Replaces what the clipboard holds; after `seconds` it is cleared, unless something else was copied meanwhile. */
  copy(secret: string, seconds: number): Promise<void>
  /** Clears at once if the clipboard still holds the last secret. */
  forget(): Promise<void>
}

/** A clipboard that clears only what it wrote itself: what the person copied in between is theirs. */
export function secretClipboard(clipboard: TextClipboard): SecretClipboard {
  let held: string | null = null
  let timer: NodeJS.Timeout | undefined

  const forget = async (): Promise<void> => {
    clearTimeout(timer)
    const secret = held
    held = null
    if (secret !== null && (await clipboard.readText()) === secret) clipboard.clear()
  }
  return {
    async copy(secret, seconds) {
      clearTimeout(timer)
      held = secret
      await clipboard.writeText(secret)
      // The session ended, or something else was copied, while this was being written: then it goes at once.
      if (held !== secret) {
        if ((await clipboard.readText()) === secret) clipboard.clear()
        return
      }
      // Unreferenced: a closing app does not wait for it, `forget` runs on quit.
      timer = setTimeout(() => void forget(), seconds * 1000)
      timer.unref()
    },
    forget,
  }
}
