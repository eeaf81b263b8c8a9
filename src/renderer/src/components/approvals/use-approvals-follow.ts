import { onUnmounted, watch } from 'vue'
import { otherDesksMs, usePoll } from '../../lib/use-poll'
import { useTask } from '../../lib/use-task'
import { useApprovalsStore } from '../../stores/approvals'

/** Keeps the list of an approver fresh, whatever screen is open: by this desk's pushes, and by asking after other desks. */
export function useApprovalsFollow(wanted: () => boolean): void {
  const store = useApprovalsStore()
  // Quiet: the screen of the approvals says what went wrong, and the next look mends it.
  const load = useTask(store.load, 'latest')
  const follow = () => {
    if (wanted()) void load.run()
  }

  watch(wanted, follow, { immediate: true })
  usePoll(otherDesksMs, wanted, follow)
  const stop = window.api.on('approvals-changed', follow)
  onUnmounted(stop)
}
