import { shallowRef } from 'vue'
import { defineStore } from 'pinia'
import { unwrap } from '../lib/api'
import { forgetOnSignOut } from '../lib/forget'
import type { Answer } from '../../../shared/contract'
import type { CustomQuestion } from '../../../shared/model/questions'

type Catalogue = Answer<'questions', 'catalogue'>

/** The catalogue of security questions. Answers never come near a store. */
export const useQuestionsStore = defineStore('questions', () => {
  const catalogue = shallowRef<Catalogue | null>(null)

  async function load(): Promise<Catalogue> {
    const now = await unwrap(window.api.questions.catalogue())
    catalogue.value = now
    return now
  }

  /** Admins only. */
  async function saveCustom(questions: readonly CustomQuestion[]): Promise<readonly CustomQuestion[]> {
    const custom = await unwrap(window.api.questions.saveCustom({ questions: [...questions] }))
    if (catalogue.value !== null) catalogue.value = { ...catalogue.value, custom }
    return custom
  }

  forgetOnSignOut(() => {
    catalogue.value = null
  })

  return { catalogue, load, saveCustom }
})
