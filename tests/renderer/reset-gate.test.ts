import { describe, expect, it } from 'vitest'
import { whyNotYet, type GateFacts } from '../../src/renderer/src/components/reset/reset-gate'
import { anOperator } from './support/api'
import { aRequest, aSatisfied, aVerification, minutesFromNow } from './support/work'

const facts = (change: Partial<GateFacts> = {}): GateFacts => ({
  request: aRequest(),
  operator: anOperator(),
  status: aSatisfied(),
  deskClosed: false,
  outcomeUnknown: false,
  now: Date.now(),
  ...change,
})
const proof = {
  id: '00000000-0000-4000-d000-000000000001',
  kind: 'attested' as const,
  attestation: 'in-person' as const,
  label: '',
  provenAt: minutesFromNow(0),
  expiresAt: minutesFromNow(10),
  state: 'waiting' as const,
  approvedBy: null,
}
const other = { id: '00000000-0000-4000-8000-000000000002@dc=example', name: '鈴木 健' }

describe('whyNotYet', () => {
  it('lets the holder write while the gate is satisfied', () => {
    expect(whyNotYet(facts())).toBeNull()
  })

  it.each<[string, Partial<GateFacts>]>([
    ['deskClosed', { deskClosed: true }],
    ['unknown', { outcomeUnknown: true }],
    ['claim', { request: aRequest({ state: 'open', holder: null }) }],
    ['closed', { request: aRequest({ state: 'done' }) }],
    ['held', { request: aRequest({ holder: other }) }],
    ['held', { operator: null }],
    ['loading', { status: null }],
    ['blocked', { status: aSatisfied({ blocked: 'self' }) }],
    ['verify', { status: aVerification() }],
    ['verify', { status: aSatisfied({ satisfiedUntil: minutesFromNow(-1) }) }],
    ['checksClosed', { status: aVerification({ closedUntil: minutesFromNow(60) }) }],
    ['approval', { status: aVerification({ proofs: [proof] }) }],
  ])('says %s', (reason, change) => {
    expect(whyNotYet(facts(change))).toBe(reason)
  })
})
