import { expect } from 'playwright/test'
import type { Locator, Page } from 'playwright/test'
import type { Words } from './words'

/** The wizard as a newcomer goes through it. */
export class Wizard {
  readonly #page: Page
  readonly #words: Words

  constructor(page: Page, words: Words) {
    this.#page = page
    this.#words = words
  }

  field(key: string): Locator {
    return this.#page.getByLabel(this.#words(key), { exact: true })
  }

  async press(key: string, params: Record<string, string | number> = {}): Promise<void> {
    await this.#page.getByRole('button', { name: this.#words(key, params), exact: true }).click()
  }

  async shows(key: string): Promise<void> {
    await expect(this.#page.getByRole('heading', { name: this.#words(key) })).toBeVisible({ timeout: 20_000 })
  }

  /** Types the beginning of a name and takes what the directory offers. */
  async pick(label: string, query: string): Promise<void> {
    await this.#page.getByRole('combobox', { name: label, exact: true }).fill(query)
    await this.#page.getByRole('option').filter({ hasText: query }).first().click()
  }
}
