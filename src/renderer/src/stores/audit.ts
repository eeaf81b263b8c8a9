import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { AuditFilter, AuditRow, AuditVerdict } from '../../../shared/model/audit'
import { unwrap } from '../lib/api'
import { forgetOnSignOut } from '../lib/forget'

const pageSize = 100

/** The rows of the audit that are on screen, newest first, and the last verdict of the verifier. */
export const useAuditStore = defineStore('audit', () => {
  const rows = shallowRef<readonly AuditRow[]>([])
  const total = ref(0)
  const nextCursor = ref<string | null>(null)
  const verdict = shallowRef<AuditVerdict | null>(null)
  const savedFile = ref<string | null>(null)
  let shown: AuditFilter = {}

  function forget(): void {
    rows.value = []
    total.value = 0
    nextCursor.value = null
    verdict.value = null
    savedFile.value = null
  }
  forgetOnSignOut(forget)

  /** Reads the first page for a filter. Answers that come late, after another filter, are left out by the caller's task. */
  async function list(filter: AuditFilter): Promise<() => void> {
    const answer = await unwrap(window.api.audit.list({ filter, limit: pageSize }))
    return () => {
      shown = filter
      rows.value = answer.rows
      total.value = answer.total
      nextCursor.value = answer.nextCursor
    }
  }

  /** Reads the next page of the same filter and puts it below. */
  async function more(): Promise<void> {
    const cursor = nextCursor.value
    if (cursor === null) return
    const answer = await unwrap(window.api.audit.list({ filter: shown, cursor, limit: pageSize }))
    // Another filter may have been chosen in the meantime: then these rows belong nowhere.
    if (nextCursor.value !== cursor) return
    rows.value = [...rows.value, ...answer.rows]
    nextCursor.value = answer.nextCursor
  }

  async function verify(): Promise<void> {
    verdict.value = null
    verdict.value = await unwrap(window.api.audit.verify())
  }

  function dismissVerdict(): void {
    verdict.value = null
  }

  /** Main asks for the place; a cancelled dialog changes nothing. */
  async function saveCopy(): Promise<void> {
    const saved = await unwrap(window.api.audit.saveCopy())
    if (saved !== null) savedFile.value = saved.file
  }

  function dismissSaved(): void {
    savedFile.value = null
  }

  return { rows, total, nextCursor, verdict, savedFile, list, more, verify, dismissVerdict, saveCopy, dismissSaved }
})
