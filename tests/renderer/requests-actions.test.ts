import { describe, expect, it } from 'vitest'
import { offeredActions } from '../../src/renderer/src/components/requests/request-actions'
import { anOperator } from './support/api'
import { aRequest, callerId } from './support/work'

const other = { id: '00000000-0000-4000-8000-000000000002@dc=example', name: '鈴木 健' }

describe('offeredActions', () => {
  it('offers an open request to agents only', () => {
    const open = aRequest({ state: 'open', holder: null })
    expect(offeredActions(open, anOperator())).toEqual(['claim'])
    expect(offeredActions(open, anOperator({ roles: ['auditor'] }))).toEqual([])
    expect(offeredActions(open, null)).toEqual([])
  })

  it('offers nothing on a request that another agent holds, but to who may pass it on', () => {
    const held = aRequest({ holder: other })
    expect(offeredActions(held, anOperator())).toEqual([])
    expect(offeredActions(held, anOperator({ roles: ['agent', 'approver'] }))).toEqual(['handOver', 'release'])
  })

  it('offers nothing to the person whom the request is about', () => {
    const self = anOperator({ id: callerId, roles: ['agent', 'approver', 'admin'] })
    for (const state of ['open', 'claimed', 'done', 'refused', 'expired'] as const) {
      expect(offeredActions(aRequest({ state }), self)).toEqual([])
    }
  })

  it('offers the holder every end of the work, and a closed one to be reopened', () => {
    expect(offeredActions(aRequest(), anOperator())).toEqual(['handOver', 'release', 'complete', 'refuse'])
    for (const state of ['done', 'refused', 'expired'] as const) {
      expect(offeredActions(aRequest({ state }), anOperator())).toEqual(['reopen'])
    }
  })
})
