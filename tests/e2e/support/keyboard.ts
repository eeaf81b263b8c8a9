import type { CDPSession, Locator, Page } from 'playwright/test'

/** How many stops a person would tab through before giving up. */
const patience = 60

/** A person without a mouse: presses keys, types into what has the focus, and sees where the focus is. */
export class Keyboard {
  readonly #page: Page
  #protocol: CDPSession | null = null

  constructor(page: Page) {
    this.#page = page
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.#page.keyboard.press(key)
  }

  /** Types letters key by key into what has the focus. */
  async type(text: string): Promise<void> {
    await this.#page.keyboard.type(text)
  }

  /** Shows text that an input method is still composing; `commit` ends it. */
  async compose(text: string): Promise<void> {
    const protocol = await this.#ownProtocol()
    await protocol.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })
  }

  /** Ends a composition with this text, or enters it as a finished one. */
  async commit(text: string): Promise<void> {
    const protocol = await this.#ownProtocol()
    await protocol.send('Input.insertText', { text })
  }

  /** Tabs until `target` has the focus. Throws when the focus cannot be seen on the way, or never gets there. */
  async tabTo(target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    await target.waitFor({ state: 'visible' })
    for (let stop = 0; stop < patience; stop += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) {
        const fault = await this.focusFault()
        if (fault !== null) throw new Error(fault)
        return
      }
      await this.press(key)
      // Behind the last stop of the page lies the window itself; the next key comes back in.
      if (await this.#page.evaluate(() => document.activeElement === document.body)) continue
      const fault = await this.focusFault()
      if (fault !== null) throw new Error(fault)
    }
    throw new Error('The focus never got there.')
  }

  /** Why a person cannot see where the focus is now; `null` when they can. */
  focusFault(): Promise<string | null> {
    return this.#page.evaluate(() => {
      const holder = document.activeElement
      if (holder === null || holder === document.body) return 'Nothing has the focus.'
      const active = document.getElementById(holder.getAttribute('aria-activedescendant') ?? '')
      const about = `${holder.tagName.toLowerCase()} “${(holder.getAttribute('aria-label') ?? holder.textContent).trim().slice(0, 40)}”`
      const marked = [holder, active].some((element) => {
        if (element === null) return false
        const { outlineStyle, outlineWidth } = getComputedStyle(element)
        return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2
      })
      if (!marked) return `The focus cannot be seen: ${about}`
      const { left, top, right, bottom } = holder.getBoundingClientRect()
      const inside = right > 0 && bottom > 0 && left < window.innerWidth && top < window.innerHeight
      return inside ? null : `The focus is outside the window: ${about}`
    })
  }

  async #ownProtocol(): Promise<CDPSession> {
    this.#protocol ??= await this.#page.context().newCDPSession(this.#page)
    return this.#protocol
  }
}

/** Counts what a person does at the keyboard: a key, a chord, or a run of text typed in one go is one action. */
export class KeyCounter {
  readonly #page: Page
  #count = 0

  constructor(page: Page) {
    this.#page = page
  }

  get count(): number {
    return this.#count
  }

  async press(chord: string): Promise<void> {
    this.#count += 1
    await this.#page.keyboard.press(chord)
  }

  async type(text: string): Promise<void> {
    this.#count += 1
    await this.#page.keyboard.type(text)
  }
}
