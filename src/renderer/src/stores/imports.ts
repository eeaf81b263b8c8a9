import { shallowRef } from 'vue'
import { defineStore } from 'pinia'
import { unwrap } from '../lib/api'
import { forgetOnSignOut } from '../lib/forget'
import type { Language } from '../../../shared/model/common'
import type { ImportOutcome, ImportPreview, ImportProgress } from '../../../shared/model/imports'

/** How far a running import is. What a file holds goes to its dialog alone. */
export const useImportsStore = defineStore('imports', () => {
  const progress = shallowRef<ImportProgress>(null)
  /** Counts every question, so that an answer to an older one is dropped. */
  let turn = 0

  /** Asks for a file; `null`: the file dialog was cancelled. */
  function choose(): Promise<ImportPreview | null> {
    return unwrap(window.api.imports.choose())
  }

  function apply(importId: string): Promise<ImportOutcome> {
    return unwrap(window.api.imports.apply({ importId }))
  }

  async function discard(importId: string): Promise<void> {
    await unwrap(window.api.imports.discard({ importId }))
  }

  async function saveTemplate(): Promise<string | null> {
    const saved = await unwrap(window.api.imports.saveTemplate())
    return saved?.file ?? null
  }

  async function saveBadRows(importId: string, language: Language): Promise<string | null> {
    const saved = await unwrap(window.api.imports.saveBadRows({ importId, language }))
    return saved?.file ?? null
  }

  async function read(): Promise<void> {
    const mine = ++turn
    const now = await unwrap(window.api.imports.progress())
    if (mine === turn) progress.value = now
  }

  /** Follows main's pushes; the answer stops following. A failed read leaves what was shown. */
  function listen(): () => void {
    const follow = () => void read().catch(() => undefined)
    const stop = window.api.on('import-changed', follow)
    follow()
    return () => {
      stop()
      turn += 1
      progress.value = null
    }
  }

  forgetOnSignOut(() => {
    turn += 1
    progress.value = null
  })

  return { progress, choose, apply, discard, saveTemplate, saveBadRows, listen }
})
