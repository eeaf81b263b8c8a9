import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultPolicy } from '../../../src/main/domain/policy'
import { coverage, enrolmentChannels, kindOf, methodsOfAType, typeRefusal } from '../../../src/main/domain/registration'
import { codeChannels, methodTypes } from '../../../src/shared/model/verification'

const everything = { policy: defaultPolicy, channels: [...codeChannels], keyReader: true }
const nobody = { privileged: false, registered: [] }
const now = Date.UTC(2026, 10, 23)
const person = { id: 'hanako', privileged: false, heightened: false, now }
const month = 30 * 86_400_000

const aMethod = (type: (typeof methodTypes)[number], changes: object = {}) => ({
  id: type,
  personId: 'hanako',
  type,
  kind: kindOf(type),
  registeredAt: new Date(now - month).toISOString(),
  confirmedAt: new Date(now - month).toISOString(),
  firstInPerson: false,
  ...changes,
})

describe('enrolmentChannels', () => {
  it('proves numbers by a gateway even where they are only called back later', () => {
    const policy = { ...defaultPolicy, allowSms: false, allowVoice: false }
    expect(enrolmentChannels({ type: 'mobile' }, { ...everything, policy })).toEqual(['sms', 'voice'])
    const none = { ...policy, allowCallBack: false }
    expect(enrolmentChannels({ type: 'mobile' }, { ...everything, policy: none })).toEqual([])
  })

  it('sends no message to an office or a landline number, and no code to what gets none', () => {
    expect(enrolmentChannels({ type: 'office' }, everything)).toEqual(['voice'])
    expect(enrolmentChannels({ type: 'mobile', takesText: false }, everything)).toEqual(['voice'])
    expect(enrolmentChannels({ type: 'mail' }, everything)).toEqual(['mail'])
    for (const type of ['app', 'key', 'questions'] as const) expect(enrolmentChannels({ type }, everything)).toEqual([])
  })
})

describe('typeRefusal', () => {
  it('refuses nothing where everything is set up, and mail and questions to a privileged person', () => {
    expect(methodTypes.filter((type) => typeRefusal(type, nobody, everything) !== null)).toEqual([])
    const privileged = { ...nobody, privileged: true }
    const refused = methodTypes.filter((type) => typeRefusal(type, privileged, everything) === 'not-for-privileged')
    expect(refused).toEqual(['mail', 'questions'])
  })

  it('never lets a person have more of a type than the limit', () => {
    fc.assert(
      fc.property(fc.constantFrom(...methodTypes), fc.nat(8), (type, count) => {
        const registered = Array.from({ length: count }, () => ({ type }))
        const refusal = typeRefusal(type, { ...nobody, registered }, everything)
        expect(refusal).toBe(type !== 'questions' && count >= methodsOfAType ? 'limit' : null)
      }),
    )
  })
})

describe('coverage', () => {
  it('counts kinds, and nothing that nobody has proven', () => {
    const numbers = [aMethod('mobile'), aMethod('office'), aMethod('alternative')]
    expect(coverage(numbers, person, everything)).toMatchObject({
      counting: 1,
      required: 2,
      ready: false,
      backup: false,
    })
    const withApp = [...numbers, aMethod('app')]
    expect(coverage(withApp, person, everything)).toMatchObject({ counting: 2, ready: true, backup: false })
    const withMail = [...withApp, aMethod('mail')]
    expect(coverage(withMail, person, everything)).toMatchObject({ counting: 3, ready: true, backup: true })
    const unproven = withMail.map((method) => ({ ...method, confirmedAt: null }))
    expect(coverage(unproven, person, everything)).toMatchObject({ counting: 0, ready: false })
  })

  it('counts strong kinds alone for a privileged person, and for everybody under heightened threat', () => {
    const methods = methodTypes.map((type) => aMethod(type))
    const strong = { counting: 2, required: 2, ready: true, backup: false }
    expect(coverage(methods, { ...person, privileged: true }, everything)).toMatchObject(strong)
    expect(coverage(methods, { ...person, heightened: true }, everything)).toMatchObject(strong)
  })

  it('asks for at least as many as a check wants', () => {
    const policy = { ...defaultPolicy, methodsRequired: 3, methodsToRegister: 1 }
    expect(coverage([], person, { ...everything, policy })).toMatchObject({ required: 3, toRegister: 3 })
  })
})
