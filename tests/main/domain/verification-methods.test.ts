import { describe, expect, it } from 'vitest'
import {
  assertGate,
  attestationsAllowed,
  checkUsability,
  gate,
  type GateContext,
  type ProofFacts,
} from '../../../src/main/domain/verification'
import { dialAddress } from '../../../src/main/domain/verification-dial'
import { isDueForConfirmation, methodWays, usableKinds } from '../../../src/main/domain/verification-methods'
import { newReverseCode } from '../../../src/main/domain/verification-reverse'
import { defaultPolicy } from '../../../src/main/domain/policy'
import { readCode } from '../../../src/main/domain/sms-code'
import { spokenReverse } from '../../../src/main/domain/voice-text'
import { AppError } from '../../../src/shared/errors'
import { codeSpoken } from '../../support/voice-sink'
import { aContext, agent, aMethod, anAttestation, approver, aProof, day, iso, now, person } from './verification-facts'

const app = aProof({ kind: 'app' })
const phone = aProof({ kind: 'phone' })
const key = aProof({ kind: 'key' })
const strong = [aMethod({ kind: 'app' }), aMethod({ kind: 'key' })]
const numbers = [{ field: 'mobile' as const, masked: '••••5678', changedAt: iso(now - 8 * day) }]

function refusalOf(context: GateContext): string | null {
  try {
    assertGate(context)
    return null
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
}

describe('checkUsability', () => {
  const methods = [
    aMethod({ kind: 'phone' }),
    aMethod({ kind: 'phone', id: 'office', type: 'office' }),
    aMethod({ kind: 'app' }),
    aMethod({ kind: 'key' }),
    aMethod({ kind: 'mail' }),
    aMethod({ kind: 'knowledge' }),
  ]
  const obstacles = (context: GateContext): (string | null)[] =>
    context.methods.map((method) => checkUsability(method, context).unusable)

  it('refuses every method of a kind that has passed, and only of that', () => {
    const none = [null, null, null, null, null, null]
    expect(obstacles(aContext({ methods }))).toEqual(none)
    expect(obstacles(aContext({ methods, proofs: [phone] }))).toEqual([
      'same-kind',
      'same-kind',
      null,
      null,
      null,
      null,
    ])
    for (const change of [
      { spentAt: iso(now) },
      { expiresAt: iso(now) },
      { agentId: person },
      { requestId: 'other' },
    ]) {
      expect(obstacles(aContext({ methods, proofs: [{ ...phone, ...change }] }))).toEqual(none)
    }
    const waiting = aProof({ kind: 'phone', attestation: 'call-back', approval: 'waiting' })
    expect(obstacles(aContext({ methods, proofs: [waiting] }))).toEqual(none)
  })

  it('takes what the policy allows and nothing else', () => {
    const off = (change: Parameters<typeof aContext>[0]): (string | null)[] =>
      obstacles(aContext({ methods, ...change }))
    expect(off({ policy: { allowApp: false } })[2]).toBe('not-in-policy')
    expect(off({ policy: { allowKey: false } })[3]).toBe('not-in-policy')
    expect(off({ policy: { allowMail: false } })[4]).toBe('not-in-policy')
    expect(off({ policy: { allowQuestions: false } })[5]).toBe('not-in-policy')
    const noPhone = { allowSms: false, allowVoice: false, allowCallBack: false }
    expect(off({ policy: noPhone }).slice(0, 2)).toEqual(['not-in-policy', 'not-in-policy'])
    expect(off({ policy: { ...noPhone, allowSms: true } }).slice(0, 2)).toEqual([null, 'not-in-policy'])
    expect(off({ channels: ['sms'] })[4]).toBe('not-in-policy')
  })

  it('counts no imported method until its person has proven it', () => {
    const imported = methods.map((method) => ({ ...method, confirmedAt: null }))
    const context = aContext({ methods: imported, proofs: [app, phone] })
    expect(new Set(obstacles(context))).toEqual(new Set(['unconfirmed']))
    expect(gate(context).satisfied).toBe(false)
  })

  it('wants somebody with a key to stand at a machine that reads it', () => {
    expect(obstacles(aContext({ methods, channel: 'phone' }))[3]).toBe('needs-presence')
    expect(obstacles(aContext({ methods, channel: 'mail' }))[3]).toBe('needs-presence')
    expect(obstacles(aContext({ methods, keyReader: false }))[3]).toBe('no-key-reader')
    expect(gate(aContext({ methods: strong, proofs: [app, key], channel: 'phone' })).satisfied).toBe(false)
    expect(usableKinds(aContext({ methods: strong, keyReader: false }))).toEqual(new Set(['app']))
  })
})

describe('methodWays', () => {
  const policy = defaultPolicy
  const ways = (
    type: 'mobile' | 'office',
    more: Parameters<typeof aContext>[0] = {},
    takesText?: boolean,
  ): string[] => {
    const method = { kind: 'phone' as const, type, ...(takesText === undefined ? {} : { takesText }) }
    return methodWays(method, aContext(more)).map(({ way, refusal }) => `${way} ${refusal ?? 'open'}`)
  }

  it('offers a number its ways, with what closes them', () => {
    expect(ways('mobile')).toEqual(['sms open', 'voice open', 'call-back open'])
    expect(ways('office')).toEqual(['voice open', 'call-back open'])
    expect(ways('mobile', {}, false)).toEqual(['sms not-a-mobile', 'voice open', 'call-back open'])
    expect(ways('mobile', { channels: ['mail'] })).toEqual(['sms no-gateway', 'voice no-gateway', 'call-back open'])
    expect(ways('mobile', { policy: { allowSms: false, allowCallBack: false } })).toEqual([
      'sms not-in-policy',
      'voice open',
      'call-back not-in-policy',
    ])
  })

  it('offers mail its own, and none where nothing is sent', () => {
    expect(methodWays({ kind: 'mail', type: 'mail' }, { policy, channels: ['sms'] })).toEqual([
      { way: 'mail', refusal: 'no-gateway' },
    ])
    expect(methodWays({ kind: 'app', type: 'app' }, { policy, channels: ['sms'] })).toEqual([])
  })
})

describe('gate, a registered number called back', () => {
  const methods = [aMethod({ kind: 'app' }), aMethod({ kind: 'phone' })]
  const callBack = (change: Partial<ProofFacts> = {}): ProofFacts =>
    aProof({ kind: 'phone', attestation: 'call-back', approval: 'approved', approverId: approver, ...change })

  it('counts as the number once a second person agreed', () => {
    expect(gate(aContext({ methods, proofs: [app, callBack()] })).satisfied).toBe(true)
    const waiting = aContext({ methods, proofs: [app, callBack({ approval: 'waiting', approverId: null })] })
    expect(refusalOf(waiting)).toBe('approval-needed')
    for (const change of [
      { approval: 'refused' as const },
      { approval: null, approverId: null },
      { approverId: agent },
      { approverId: person },
      { approverId: null },
      { attestation: 'in-person' as const },
      { attestation: 'second-person' as const },
    ]) {
      expect(gate(aContext({ methods, proofs: [app, callBack(change)] })).satisfied).toBe(false)
    }
  })

  it('counts without one only where the policy says so, and not at all where it is off', () => {
    const alone = callBack({ approval: null, approverId: null })
    const easy = { callBackNeedsApproval: false }
    expect(gate(aContext({ methods, proofs: [app, alone], policy: easy })).satisfied).toBe(true)
    const refused = callBack({ approval: 'refused' })
    expect(gate(aContext({ methods, proofs: [app, refused], policy: easy })).satisfied).toBe(false)
    expect(gate(aContext({ methods, proofs: [app, callBack()], policy: { allowCallBack: false } })).satisfied).toBe(
      false,
    )
  })

  it('is one kind with a code to the number, and nothing for the privileged or under heightened threat', () => {
    const both = aContext({ methods, proofs: [phone, callBack({ id: 'called' })] })
    expect(gate(both).satisfied).toBe(false)
    const agreed = [app, callBack(), anAttestation({ id: 'seen' })]
    expect(gate(aContext({ methods, proofs: agreed, privileged: true })).satisfied).toBe(false)
    expect(gate(aContext({ methods, proofs: [app, callBack()], heightened: true })).satisfied).toBe(false)
  })
})

describe('gate under heightened threat', () => {
  const agreed = anAttestation({ id: 'agreed', attestation: 'second-person' })

  it('wants two strong kinds and an agreement, or a check in person', () => {
    const context = aContext({ methods: strong, heightened: true, methodsRequired: 1 })
    expect(gate(context)).toMatchObject({ required: 2, requiredStrong: 2, approvalRequired: true, satisfied: false })
    expect(gate({ ...context, proofs: [app, key, agreed] }).satisfied).toBe(true)
    expect(gate({ ...context, proofs: [anAttestation()] }).satisfied).toBe(true)
    for (const proofs of [[app], [app, key], [app, agreed], [agreed], [phone, app, agreed]]) {
      expect(gate({ ...context, proofs }).satisfied).toBe(false)
    }
    const waiting = { ...agreed, approval: 'waiting' as const, approverId: null }
    expect(refusalOf({ ...context, proofs: [app, key, waiting] })).toBe('approval-needed')
    expect(gate({ ...context, proofs: [app, key, { ...agreed, approverId: agent }] }).satisfied).toBe(false)
  })

  it('leaves a person with too few strong methods the check in person alone', () => {
    const methods = [aMethod({ kind: 'app' }), aMethod({ kind: 'phone' }), aMethod({ kind: 'mail' })]
    const context = aContext({ methods, heightened: true, proofs: [app, phone], numbers })
    expect(gate(context)).toMatchObject({ required: 1, requiredStrong: 0, approvalRequired: true, satisfied: false })
    expect(context.methods.map((method) => checkUsability(method, context).unusable)).toEqual([
      'same-kind',
      'weak',
      'weak',
    ])
    expect(attestationsAllowed(context)).toEqual(['in-person'])
    expect(gate({ ...context, proofs: [anAttestation({ attestation: 'call-back' })] }).satisfied).toBe(false)
    expect(gate({ ...context, proofs: [anAttestation()] }).satisfied).toBe(true)
  })

  it('says why nobody is served from afar', () => {
    const context = aContext({
      methods: strong,
      heightened: true,
      channel: 'phone',
      numbers,
      proofs: [app, key, agreed],
    })
    expect(gate(context)).toMatchObject({ blocked: 'heightened-by-phone', satisfied: false, spend: [] })
    expect(refusalOf(context)).toBe('heightened-by-phone')
    expect(attestationsAllowed(context)).toEqual([])
    expect(gate({ ...context, heightened: false }).blocked).toBeNull()
    expect(gate({ ...context, privileged: true }).blocked).toBe('privileged-by-phone')
  })

  it('takes no agreement for evidence when the threat is over, nor from the privileged', () => {
    expect(gate(aContext({ methods: [], proofs: [agreed] })).satisfied).toBe(false)
    expect(gate(aContext({ methods: strong, proofs: [app, agreed] })).satisfied).toBe(false)
    expect(gate(aContext({ methods: strong, proofs: [app, key, agreed], privileged: true })).satisfied).toBe(false)
    expect(
      gate(aContext({ methods: strong, proofs: [app, key, agreed], privileged: true, heightened: true })).satisfied,
    ).toBe(false)
  })
})

describe('gate, what a proof was given for', () => {
  it('spends a proof for its own action only', () => {
    const forCode = [app, phone].map((proof) => ({ ...proof, action: 'access-code' as const }))
    expect(gate(aContext({ proofs: forCode })).satisfied).toBe(false)
    expect(gate(aContext({ proofs: forCode, action: 'unlock' })).satisfied).toBe(false)
    expect(gate(aContext({ proofs: forCode, action: 'access-code' })).satisfied).toBe(true)
    expect(gate(aContext({ proofs: [app, phone], action: 'access-code' })).satisfied).toBe(false)
    expect(gate(aContext({ proofs: [app, phone], action: 'unlock' })).satisfied).toBe(true)
    expect(gate(aContext({ proofs: [...forCode, app, phone], action: 'registration' })).satisfied).toBe(false)
  })
})

describe('isDueForConfirmation', () => {
  it('is due when the policy’s time is over, and never where it has none', () => {
    const policy = { reconfirmSeconds: 180 * 24 * 60 * 60 }
    expect(isDueForConfirmation({ confirmedAt: iso(now - 180 * day) }, now, policy)).toBe(true)
    expect(isDueForConfirmation({ confirmedAt: iso(now - 180 * day + 1) }, now, policy)).toBe(false)
    expect(isDueForConfirmation({ confirmedAt: null }, now, policy)).toBe(false)
    expect(isDueForConfirmation({ confirmedAt: iso(0) }, now, { reconfirmSeconds: 0 })).toBe(false)
  })
})

describe('newReverseCode', () => {
  it('is never the code of a check, and has no letter that is taken for another', () => {
    const codes = Array.from({ length: 500 }, () => newReverseCode('sms'))
    for (const code of codes) {
      expect(code).toMatch(/^[A-Z0-9]{5}$/u)
      expect(code).not.toMatch(/[0O1IL5S2Z8BGQDV69]/u)
    }
    expect(new Set(codes).size).toBeGreaterThan(490)
  })

  it('is all digits where a call speaks it: there are words for nothing else', () => {
    const codes = Array.from({ length: 200 }, () => newReverseCode('voice'))
    for (const code of codes) {
      for (const language of ['ja', 'en'] as const) {
        const text = spokenReverse(language, { code, organisation: 'さくら商事' })
        expect(codeSpoken(text, language)).toEqual([code, code])
      }
      expect(readCode(code)).toBeNull()
    }
    expect(new Set(codes).size).toBeGreaterThan(180)
  })
})

describe('dialAddress', () => {
  it('writes the number for the program that makes calls', () => {
    const office = { to: '+81312345678', extension: '204' }
    const mobile = { to: '+819012345678', extension: '' }
    expect(dialAddress(mobile, { scheme: 'tel', host: null })).toBe('tel:+819012345678')
    expect(dialAddress(office, { scheme: 'tel', host: null })).toBe('tel:+81312345678;ext=204')
    expect(dialAddress(mobile, { scheme: 'sip', host: 'pbx.example' })).toBe('sip:+819012345678@pbx.example;user=phone')
    expect(dialAddress(office, { scheme: 'sip', host: null })).toBe('sip:+81312345678;ext=204')
    expect(dialAddress(mobile, { scheme: 'callto', host: null })).toBe('callto:+819012345678')
  })

  it('lets nothing but a number into it', () => {
    const hostile = { to: '+8190;phone-context=evil?subject=%0d', extension: '1,,2&x=y' }
    expect(dialAddress(hostile, { scheme: 'tel', host: null })).toBe('tel:+81900;ext=12')
  })
})
