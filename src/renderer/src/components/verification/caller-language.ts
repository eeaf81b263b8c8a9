import { computed, type WritableComputedRef } from 'vue'
import type { Language } from '../../../../shared/model/common'
import { useLanguage } from '../../lib/i18n'
import { useVerificationStore } from '../../stores/verification'

/** What the caller speaks: as last chosen in this session, else the language on screen. */
export function useCallerLanguage(): WritableComputedRef<Language> {
  const store = useVerificationStore()
  const screen = useLanguage()
  return computed({
    get: () => store.callerLanguage ?? screen.value,
    set: (next) => {
      store.callerLanguage = next
    },
  })
}
