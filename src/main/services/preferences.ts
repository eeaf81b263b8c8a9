import { preferences } from '../../shared/model/settings'
import type { Preferences } from '../../shared/model/settings'
import type { PreferenceStore } from '../stores/stores'

/** What this user of the machine prefers. Before the store opens, choices are kept in memory and then handed to it. */
export class PreferencesService {
  #store: PreferenceStore | null = null
  #early: Preferences | null = null

  async attach(store: PreferenceStore): Promise<void> {
    if (this.#early !== null) await store.set(this.#early)
    this.#early = null
    this.#store = store
  }

  async get(): Promise<Preferences> {
    if (this.#store !== null) return this.#store.get()
    return this.#early ?? preferences.parse({})
  }

  async set(chosen: Preferences): Promise<Preferences> {
    if (this.#store !== null) return this.#store.set(chosen)
    this.#early = chosen
    return chosen
  }
}
