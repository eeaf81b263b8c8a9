import type { Operator } from '../../../../shared/model/operator'
import type { ResetRequest } from '../../../../shared/model/request'

export type RequestAction = 'claim' | 'release' | 'handOver' | 'refuse' | 'complete' | 'reopen'

/** The key of each action while a request is open. */
export const actionKeys: Readonly<Record<RequestAction, string>> = {
  claim: 'c',
  release: 'l',
  handOver: 'h',
  refuse: 'x',
  complete: 'e',
  reopen: 'o',
}

/** Whether this operator holds the request. */
export function holds(request: ResetRequest, operator: Operator | null): boolean {
  return request.state === 'claimed' && operator !== null && request.holder?.id === operator.id
}

/**
 * What is offered here and now; main decides again. Nobody works on their own request; an approver or an admin may pass on
 * the request of an agent who went home.
 */
export function offeredActions(request: ResetRequest, operator: Operator | null): readonly RequestAction[] {
  if (operator === null || operator.id === request.personId) return []
  const agent = operator.roles.includes('agent')
  switch (request.state) {
    case 'open':
      return agent ? ['claim'] : []
    case 'claimed':
      if (holds(request, operator))
        return agent ? ['handOver', 'release', 'complete', 'refuse'] : ['handOver', 'release']
      return operator.roles.includes('approver') || operator.roles.includes('admin') ? ['handOver', 'release'] : []
    case 'done':
    case 'refused':
    case 'expired':
      return agent ? ['reopen'] : []
  }
}
