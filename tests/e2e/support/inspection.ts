import { mkdirSync } from 'node:fs'
import path from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from 'playwright/test'
import { textFaults } from './text-faults'

const everything = {
  type: 'tag' as const,
  values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
}
const colours = { type: 'rule' as const, values: ['color-contrast'] }
const dialogs = '[role="dialog"]'
const sizes = [
  { width: 1920, height: 1080 },
  { width: 1280, height: 800 },
] as const

export interface InspectionOptions {
  /** What the pictures of this run begin with, such as the language. */
  readonly label: string
  /** Folder for a picture of every state in both themes and sizes; `null`: none. */
  readonly pictures: string | null
}

/**
 * Looks at one state of the screen after the other: axe in both themes, text that is cut off and sideways scrolling in
 * both window sizes. Faults are collected, so that one run names all of them.
 */
export class Inspection {
  readonly faults: string[] = []
  readonly #options: InspectionOptions
  #states = 0

  constructor(options: InspectionOptions) {
    this.#options = options
    if (options.pictures !== null) mkdirSync(options.pictures, { recursive: true })
  }

  get states(): number {
    return this.#states
  }

  /** Inspects what `page` shows now, under `name`. */
  async look(page: Page, name: string): Promise<void> {
    this.#states += 1
    const place = `${this.#options.label} ${name}`
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
      // Legacy mode needs no second page, which the app's window rules would refuse. In the dark only the colours differ,
      // and what lies under a dialog is inert: it was looked at before.
      const builder = new AxeBuilder({ page }).setLegacyMode(true)
      if ((await page.locator(dialogs).count()) > 0) builder.include(dialogs)
      const { violations } = await builder
        .options({ runOnly: theme === 'light' ? everything : colours, resultTypes: ['violations'] })
        .analyze()
      for (const { id, help, nodes } of violations) {
        for (const node of nodes)
          this.faults.push(`${place} ${theme}: ${id} (${help}) at ${node.target.join(' ')}: ${node.html.slice(0, 160)}`)
      }
      for (const size of sizes) {
        if (theme === 'dark' && this.#options.pictures === null) continue
        await page.setViewportSize(size)
        if (theme === 'light') {
          const faults = await settledTextFaults(page)
          this.faults.push(...faults.map((fault) => `${place} ${size.width}×${size.height}: ${fault}`))
        }
        await this.#picture(page, `${String(this.#states).padStart(2, '0')}-${name}-${theme}-${size.width}`)
      }
    }
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  }

  async #picture(page: Page, name: string): Promise<void> {
    const { pictures, label } = this.#options
    if (pictures !== null) await page.screenshot({ path: path.join(pictures, `${label}-${name}.png`) })
  }
}

/** What floats follows the window a little later: only what stays is a fault. */
async function settledTextFaults(page: Page): Promise<readonly string[]> {
  for (let look = 1; ; look += 1) {
    const faults = await page.evaluate(textFaults)
    if (faults.length === 0 || look === 5) return faults
    await page.waitForTimeout(100)
  }
}
