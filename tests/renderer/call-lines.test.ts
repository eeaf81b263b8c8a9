import { describe, expect, it } from 'vitest'
import { lineFor, stuckBy, type CallPhase, type Stuck } from '../../src/renderer/src/components/call/call-lines'
import { messages } from '../../src/shared/i18n'
import { anOutcome, aProof, aVerification, minutesFromNow, phoneMethod } from './support/work'

const phases: readonly CallPhase[] = ['find', 'reading', 'check', 'stuck', 'reset', 'told', 'over']
const reasons: readonly Stuck[] = ['blocked', 'closed', 'attest', 'waiting', 'agree', 'no-way', null]
const ways = ['sms', 'voice', 'call-back', 'mail', null] as const
const app = aVerification().methods[0] ?? null
const key = phoneMethod({ type: 'key', kind: 'key', masked: '', ways: [], sending: null })
const questions = phoneMethod({ type: 'questions', kind: 'knowledge', masked: '', ways: [], sending: null })
const { shown: _shown, ...outcome } = anOutcome()
const outcomes = [
  null,
  outcome,
  { ...outcome, action: 'unlock' as const },
  { ...outcome, outcome: 'unknown' as const },
  { ...outcome, outcome: 'not-written' as const },
  { ...outcome, canSignIn: false },
]

function every(): ReturnType<typeof lineFor>[] {
  return phases.flatMap((phase) =>
    reasons.flatMap((stuck) =>
      [null, app, key, questions, phoneMethod()].flatMap((method) =>
        (method?.kind === 'phone' ? ways.slice(0, -1) : [null]).flatMap((way) =>
          [true, false].flatMap((codeSent) =>
            [undefined, null, 'expired' as const].flatMap((missed) =>
              outcomes.flatMap((one) =>
                ['', '株式会社さくら商事'].map((organisation) =>
                  lineFor({ phase, stuck, method, way, codeSent, missed, outcome: one, organisation }),
                ),
              ),
            ),
          ),
        ),
      ),
    ),
  )
}

describe('lineFor', () => {
  it('has something to say at every moment, in both languages, with everything named that the words name', () => {
    for (const { key, params } of every()) {
      for (const language of ['ja', 'en'] as const) {
        const text = new Map(Object.entries(messages[language].call.say)).get(key)
        expect(text, key).toBeTypeOf('string')
        const names = [...(text ?? '').matchAll(/\{(\w+)\}/gu)].map(([, name]) => name ?? '')
        expect(names.filter((name) => (params[name] ?? '') === '')).toEqual([])
      }
    }
  })

  it('says the last digits alone, never more of a number', () => {
    for (const { params } of every()) expect(params['digits'] ?? '5678').toMatch(/^\d{4}$/u)
  })

  it('speaks of a new password only when one was really set and works', () => {
    const says = (one: (typeof outcomes)[number]) =>
      lineFor({
        phase: 'told',
        stuck: null,
        method: null,
        way: null,
        codeSent: false,
        missed: undefined,
        outcome: one,
        organisation: '',
      }).key
    expect(outcomes.map(says)).toEqual(['unknown', 'password', 'unlocked', 'unknown', 'again', 'cannot'])
  })
})

describe('stuckBy', () => {
  const facts = { closed: false, attestedOnly: false, checkable: 1, waiting: null, wantsAgreement: false }

  it('lets a call go on while there is a method to check', () => {
    expect(stuckBy(aVerification(), facts)).toBeNull()
  })

  it('names the worst reason first', () => {
    const waiting = aProof('attested', { state: 'waiting' })
    const all = aVerification({ blocked: 'self', closedUntil: minutesFromNow(5), proofs: [waiting] })
    const worst = { closed: true, attestedOnly: true, checkable: 0, waiting, wantsAgreement: true }
    expect(stuckBy(all, worst)).toBe('blocked')
    expect(stuckBy({ ...all, blocked: null }, worst)).toBe('closed')
    expect(stuckBy({ ...all, blocked: null }, { ...worst, closed: false })).toBe('agree')
    expect(stuckBy({ ...all, blocked: null }, { ...facts, waiting, attestedOnly: true })).toBe('waiting')
    expect(stuckBy(aVerification({ attestations: ['call-back'] }), { ...facts, attestedOnly: true })).toBe('attest')
    expect(stuckBy(aVerification(), { ...facts, attestedOnly: true })).toBe('no-way')
    expect(stuckBy(aVerification(), { ...facts, checkable: 0 })).toBe('no-way')
  })
})
