import type { RequestChannel, RequestReason } from '../../../../shared/model/request'

/** In the order in which they are offered. */
export const requestChannelWords: readonly RequestChannel[] = ['phone', 'walk-in']
export const requestReasonWords: readonly RequestReason[] = ['forgot', 'locked-out', 'never-got']
