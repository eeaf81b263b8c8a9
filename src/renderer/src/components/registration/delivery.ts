import type { CodeChannel, DeliveryState } from '../../../../shared/model/verification'

const troubles: ReadonlySet<DeliveryState> = new Set<DeliveryState>(['busy', 'no-answer', 'failed', 'unknown'])

/** Message key of how far a code has come, and whether the agent has to do something about it. */
export function deliveryWord(
  channel: CodeChannel,
  state: DeliveryState,
): { readonly key: string; readonly trouble: boolean } {
  return { key: `registration.code.delivery.${channel}.${stateOf(channel, state)}`, trouble: troubles.has(state) }
}

/** Only calls ring and are answered; another channel that reports it has taken the code, or has failed. */
function stateOf(channel: CodeChannel, state: DeliveryState): DeliveryState {
  if (channel === 'voice') return state
  if (state === 'ringing' || state === 'answered') return 'accepted'
  return state === 'busy' || state === 'no-answer' ? 'failed' : state
}
