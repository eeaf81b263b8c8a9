import { beforeEach, describe, expect, it } from 'vitest'
import type { Stores } from '../../../src/main/stores/stores'
import { describeStores } from '../../support/store-databases'

describeStores('Settings in the stores', (desks) => {
  let stores: Stores
  let other: Stores
  beforeEach(() => {
    ;({ stores, other } = desks())
  })

  describe('PreferenceStore', () => {
    it('has defaults, keeps what was set, and keeps one row', async () => {
      expect(await stores.preferences.get()).toEqual({ language: 'system', theme: 'system', notifications: true })
      await stores.preferences.set({ language: 'ja', theme: 'dark', notifications: true })
      await other.preferences.set({ language: 'en', theme: 'light', notifications: false })
      expect(await stores.preferences.get()).toEqual({ language: 'en', theme: 'light', notifications: false })
    })
  })
})
