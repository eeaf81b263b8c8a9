import { shallowRef } from 'vue'
import { defineStore } from 'pinia'
import type { RequestView } from '../../../shared/model/request'
import { unwrap } from '../lib/api'
import { forgetOnSignOut } from '../lib/forget'

/** The filters that this operator keeps under a name. */
export const useRequestViewsStore = defineStore('request-views', () => {
  const views = shallowRef<readonly RequestView[]>([])

  async function load(): Promise<void> {
    views.value = await unwrap(window.api.requests.views())
  }

  /** A new view, or another name or filter for one that is there. */
  async function save(view: RequestView): Promise<void> {
    views.value = await unwrap(window.api.requests.saveView(view))
  }

  async function remove(viewId: string): Promise<void> {
    views.value = await unwrap(window.api.requests.removeView({ viewId }))
  }

  forgetOnSignOut(() => {
    views.value = []
  })

  return { views, load, save, remove }
})
