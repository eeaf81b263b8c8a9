import { computed, ref, shallowRef, watch, type ComputedRef, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import type { DeskSettings, SecretValues, SettingsSaved } from '../../../../shared/model/desk-settings'
import { useTask, type Task } from '../../lib/use-task'
import { useSessionStore } from '../../stores/session'
import { useSettingsStore } from '../../stores/settings'
import { newSettings } from '../connections/form'
import { changesOf, type SettingsChange } from './changes'

/** What an admin is changing, until it is saved. It belongs to the screen; secrets are in no store. */
interface Draft {
  readonly settings: Ref<DeskSettings>
  readonly secrets: Ref<SecretValues>
  readonly changes: ComputedRef<readonly SettingsChange[]>
  /** Grows when everything typed is dropped: forms begin anew, with what is half typed in them too. */
  readonly round: Readonly<Ref<number>>
  /** Takes over what main says, unless something was typed already. */
  readonly load: Task<[], void>
  readonly save: Task<[], SettingsSaved>
  /** Drops what was typed and shows what is in force. */
  readonly discard: () => Promise<void>
}

export function useDraft(): Draft {
  const { t } = useI18n()
  const store = useSettingsStore()
  const session = useSessionStore()
  // Plain values, replaced as a whole: a proxy could not be sent to main.
  const settings = shallowRef<DeskSettings>(newSettings())
  const secrets = shallowRef<SecretValues>({})
  const inForce = shallowRef<DeskSettings | null>(null)
  const round = ref(0)

  const changes = computed(() =>
    inForce.value === null ? [] : changesOf(inForce.value, settings.value, secrets.value, t),
  )

  function take(next: DeskSettings): void {
    inForce.value = next
    settings.value = next
    secrets.value = {}
  }

  const load = useTask(async () => {
    if (changes.value.length > 0) return
    take((await store.loadEdit()).settings)
  })
  const save = useTask(async () => {
    const saved = await store.save(settings.value, secrets.value)
    secrets.value = {}
    return saved
  })

  async function discard(): Promise<void> {
    if (inForce.value !== null) take(inForce.value)
    round.value += 1
    save.clear()
    await load.run()
  }

  // Nobody is there to type it again for, but a password must not wait behind the lock.
  watch(
    () => session.phase,
    (phase) => {
      if (phase !== 'active') secrets.value = {}
    },
  )

  return { settings, secrets, changes, round, load, save, discard }
}
