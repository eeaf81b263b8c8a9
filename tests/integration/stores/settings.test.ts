import { randomUUID } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Stores } from '../../../src/main/stores/stores'
import type { IntakeTemplate } from '../../../src/shared/model/intake'
import type { RequestView } from '../../../src/shared/model/request'
import { describeStores } from '../../support/store-databases'
import { aPersonId } from '../../support/stores'

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

  describe('ViewStore', () => {
    const view = (changes: Partial<RequestView> = {}): RequestView => ({
      id: randomUUID(),
      name: '期限切れ',
      filter: {
        states: ['open'],
        holder: 'me',
        causes: ['unknown'],
        channels: ['mail'],
        age: 'overdue',
        text: '山田',
      },
      sort: 'updated',
      ...changes,
    })

    it('keeps the views of each operator apart, in the order in which they were made', async () => {
      const [mine, theirs] = [aPersonId(), aPersonId()]
      const [first, second] = [view({ name: 'い' }), view({ name: 'あ' })]
      await stores.views.save(mine, first)
      await stores.views.save(mine, second)
      await stores.views.save(theirs, first)

      await other.views.save(mine, { ...first, name: 'う', sort: 'due' })

      expect(await other.views.of(mine)).toEqual([{ ...first, name: 'う', sort: 'due' }, second])
      expect(await other.views.of(theirs)).toEqual([first])
      expect(await other.views.of(aPersonId())).toEqual([])
    })

    it('removes a view once, and only for its owner', async () => {
      const [mine, theirs, kept] = [aPersonId(), aPersonId(), view()]
      await stores.views.save(mine, kept)
      expect(await stores.views.remove(theirs, kept.id)).toBe(false)
      expect(await other.views.remove(mine, kept.id)).toBe(true)
      expect(await stores.views.remove(mine, kept.id)).toBe(false)
      expect(await stores.views.of(mine)).toEqual([])
    })

    it('keeps 50 views each, which can still be changed', async () => {
      const mine = aPersonId()
      const views = Array.from({ length: 50 }, () => view())
      for (const one of views) await stores.views.save(mine, one)
      await expect(stores.views.save(mine, view())).rejects.toMatchObject({ code: 'invalid-input' })
      await stores.views.save(mine, { ...(views[7] ?? view()), name: '変更' })
      await stores.views.save(aPersonId(), view())
      const kept = await other.views.of(mine)
      expect(kept).toHaveLength(50)
      expect(kept[7]?.name).toBe('変更')
    })
  })

  describe('TemplateStore', () => {
    const template: IntakeTemplate = {
      id: randomUUID(),
      name: 'Microsoft',
      enabled: true,
      language: 'ja',
      senders: ['@microsoft.com'],
      marks: ['パスワード'],
      marksNeeded: 1,
      userPatterns: ['ユーザー ID: {user}'],
      reason: 'not-said',
    }

    it('tells templates that were never touched from an empty list', async () => {
      expect(await stores.templates.all()).toBeNull()
      await stores.templates.save([template])
      expect(await other.templates.all()).toEqual([template])
      await other.templates.save([])
      expect(await stores.templates.all()).toEqual([])
    })
  })

  describe('SecretStore', () => {
    it('keeps sealed secrets by name, byte by byte', async () => {
      expect(await stores.secrets.get('intake.password')).toBeNull()
      await stores.secrets.set('sms.key', Uint8Array.of(0, 255, 1))
      await stores.secrets.set('intake.password', Uint8Array.of(1))
      await other.secrets.set('intake.password', Uint8Array.of(2, 0))

      expect(await stores.secrets.get('intake.password')).toEqual(Uint8Array.of(2, 0))
      expect(await other.secrets.get('sms.key')).toEqual(Uint8Array.of(0, 255, 1))
      expect(await other.secrets.names()).toEqual(['intake.password', 'sms.key'])
      await other.secrets.remove('sms.key')
      await stores.secrets.remove('sms.key')
      expect(await stores.secrets.names()).toEqual(['intake.password'])
    })
  })
})
