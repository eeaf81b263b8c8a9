import { onUnmounted, ref, type Ref } from 'vue'
import type { Credentials } from '../../stores/verification'

/**
 * The sign-in of an approver at this desk, for one decision: `take` hands it out and empties the password at once, whatever
 * comes of it. Local to the dialog; nothing of it is kept.
 */
export function useApprover(): {
  readonly userId: Ref<string>
  readonly password: Ref<string>
  readonly complete: () => boolean
  readonly take: () => Credentials
} {
  const userId = ref('')
  const password = ref('')

  function take(): Credentials {
    const credentials = { userId: userId.value.trim(), password: password.value }
    password.value = ''
    return credentials
  }

  onUnmounted(() => {
    password.value = ''
  })
  return { userId, password, complete: () => userId.value.trim() !== '' && password.value !== '', take }
}
