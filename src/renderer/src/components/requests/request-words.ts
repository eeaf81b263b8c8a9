import type { enteredChannels, enteredReasons } from '../../../../shared/model/request'

export type EnteredChannel = (typeof enteredChannels)[number]
export type EnteredReason = (typeof enteredReasons)[number]

/** In the order in which they are offered to an agent who enters a request. */
export const requestChannelWords: readonly EnteredChannel[] = ['phone', 'walk-in']
export const requestReasonWords: readonly EnteredReason[] = ['forgot', 'locked-out', 'never-got']
