import { shallowRef } from 'vue'
import { defineStore } from 'pinia'
import { unwrap } from '../lib/api'
import { forgetOnSignOut } from '../lib/forget'
import type { Health, HealthPart } from '../../../shared/model/health'

/** How the parts are that the desk stands on: as main last said. */
export const useHealthStore = defineStore('health', () => {
  const parts = shallowRef<readonly HealthPart[]>([])
  /** Counts every question, so that an answer to an older one is dropped. */
  let turn = 0

  async function take(answer: Promise<Health>): Promise<void> {
    const mine = ++turn
    const health = await answer
    if (mine === turn) parts.value = health.parts
  }

  async function load(): Promise<void> {
    await take(unwrap(window.api.health.status()))
  }

  /** Asks every part now. */
  async function check(): Promise<void> {
    await take(unwrap(window.api.health.check()))
  }

  forgetOnSignOut(() => {
    turn += 1
    parts.value = []
  })

  return { parts, load, check }
})
