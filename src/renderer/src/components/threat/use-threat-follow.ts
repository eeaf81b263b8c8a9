import { onUnmounted, watch } from 'vue'
import { otherDesksMs, usePoll } from '../../lib/use-poll'
import { useTask } from '../../lib/use-task'
import { useThreatStore } from '../../stores/threat'

/** Keeps heightened threat true on every screen: by this desk's pushes, and by asking after other desks. */
export function useThreatFollow(wanted: () => boolean): void {
  const store = useThreatStore()
  const load = useTask(store.load, 'latest')
  const follow = () => {
    if (wanted()) void load.run()
  }

  watch(wanted, follow, { immediate: true })
  usePoll(4 * otherDesksMs, wanted, follow)
  const stop = window.api.on('threat-changed', follow)
  onUnmounted(stop)
}
