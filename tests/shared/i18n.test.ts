import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createI18n } from 'vue-i18n'
import { errorCodes, type ErrorCode } from '../../src/shared/errors'
import { messages } from '../../src/shared/i18n'
import { auditActions, auditFilter, auditPhase, auditVerdict } from '../../src/shared/model/audit'
import { callSchemes, englishVoices, smsPresets, voicePresets } from '../../src/shared/model/desk-settings'
import { diagnosisFixes, diagnosisReasons, obstacles } from '../../src/shared/model/diagnosis'
import { importProblems } from '../../src/shared/model/imports'
import { mailStates, mailTroubles } from '../../src/shared/model/intake'
import { directoryKinds, roles } from '../../src/shared/model/operator'
import {
  requestAges,
  requestCauses,
  requestChannels,
  requestEventKinds,
  requestReasons,
  requestSorts,
  requestStates,
} from '../../src/shared/model/request'
import { registrationSummary } from '../../src/shared/model/registration'
import { resetConcerns } from '../../src/shared/model/reset'
import { keyAvailabilityReasons } from '../../src/shared/model/security-key'
import { settingsView } from '../../src/shared/model/settings'
import {
  attestationKinds,
  callBackQuestions,
  deliveryStates,
  identityDocuments,
  methodObstacles,
  methodTypes,
  methodWays,
  proofKinds,
} from '../../src/shared/model/verification'
import { policyNumbers, policySwitches } from '../../src/shared/policy-fields'

type Words = ReadonlyMap<string, string>

function flat(tree: object, path = ''): Words {
  return new Map(
    Object.entries(tree).flatMap(([key, value]: [string, unknown]) => {
      const name = path === '' ? key : `${path}.${key}`
      return typeof value === 'object' && value !== null ? [...flat(value, name)] : [[name, String(value)] as const]
    }),
  )
}

function placeholders(message: string): string[] {
  return [...new Set([...message.matchAll(/\{(\w+)\}/gu)].map(([, name]) => name ?? ''))].sort()
}

const en = flat(messages.en)
const ja = flat(messages.ja)

describe('messages', () => {
  it('has the same keys in both languages', () => {
    expect([...ja.keys()].sort()).toEqual([...en.keys()].sort())
  })

  it('has the same placeholders in both languages', () => {
    const wrong = [...en].filter(
      ([key, message]) => String(placeholders(message)) !== String(placeholders(ja.get(key) ?? '')),
    )
    expect(wrong.map(([key]) => key)).toEqual([])
  })

  it('says something everywhere, and Japanese in Japanese', () => {
    for (const words of [en, ja]) {
      expect([...words].filter(([, message]) => message.trim() === '').map(([key]) => key)).toEqual([])
    }
    // Names and abbreviations may be the same; sentences may not.
    const same = [...en].filter(([key, message]) => ja.get(key) === message && /[a-z]+ [a-z]+ [a-z]+/u.test(message))
    expect(same.map(([key]) => key)).toEqual([])
  })

  it('has one or three forms where it counts: none, one, several', () => {
    for (const words of [en, ja]) {
      const wrong = [...words].filter(([, message]) => ![1, 3].includes(message.split(' | ').length))
      expect(wrong.map(([key]) => key)).toEqual([])
    }
  })

  it('compiles, in both languages', () => {
    const wrong: string[] = []
    for (const [locale, words] of [
      ['en', en],
      ['ja', ja],
    ] as const) {
      const i18n = createI18n({ legacy: false, locale, messages })
      for (const [key, message] of words) {
        const params = Object.fromEntries(placeholders(message).map((name) => [name, `<${name}>`]))
        const text = i18n.global.t(key, params, 2)
        const shown = placeholders(message.split(' | ').at(-1) ?? '').every((name) => text.includes(`<${name}>`))
        if (!shown || text === key || /[{}]/u.test(text)) wrong.push(`${locale} ${key}: ${text}`)
      }
    }
    expect(wrong).toEqual([])
  })

  it('speaks neutrally: no "we", no "sorry" (but for what is read out to a caller)', () => {
    const screen = [...en].filter(([key]) => !/\.say(?:\.|[A-Z]|$)/u.test(key))
    const wrong = screen.filter(([, message]) => /\b(?:we|our|us|sorry|oops)\b/iu.test(message))
    expect(wrong.map(([key]) => key)).toEqual([])
  })
})

describe('messages.errors', () => {
  it('has a fact and a next step for every code, and no others', () => {
    expect(Object.keys(messages.en.errors).sort()).toEqual([...errorCodes].sort())
  })

  it('has facts that read without parameters: the audit shows them alone', () => {
    const titles = Object.values(messages.en.errors).map(({ title }) => title)
    expect(titles.filter((title) => placeholders(title).length > 0)).toEqual([])
  })

  it('names only parameters that every thrower of the code gives', () => {
    // directory/endpoint.ts guards against what the configuration has refused before, with its line.
    const all = throwers('src/main').filter(({ place }) => !place.endsWith('endpoint.ts'))
    const missing = all.flatMap(({ code, params, place }) =>
      placeholders(messages.en.errors[code].next)
        .filter((name) => name !== 'because' && !params.includes(name))
        .map((name) => `${place}: ${code} without ${name}`),
    )
    expect(missing).toEqual([])
  })

  it('has words for a reason under codes that exist', () => {
    expect(Object.keys(messages.en.common.reason).filter((code) => !(code in messages.en.errors))).toEqual([])
  })
})

describe('words of the enumerations', () => {
  const has = (key: string): boolean => en.has(key) && ja.has(key)
  const outcomes = ['started', 'succeeded', 'indeterminate', 'partly', 'no-match', 'rejected', 'not-written', 'broken']
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['audit.action', auditActions],
    ['audit.phase', auditPhase.options],
    ['audit.outcome', outcomes],
    ['audit.outcomeFilter', auditFilter.shape.outcome.unwrap().options],
    ['audit.verify.problem', auditVerdict.shape.problem.unwrap().options],
    [
      'audit.value',
      [
        ...requestChannels,
        ...requestReasons,
        ...proofKinds,
        ...methodTypes,
        ...methodWays,
        ...deliveryStates,
        ...callBackQuestions,
        ...attestationKinds,
        ...identityDocuments,
      ],
    ],
    ['verification.type', methodTypes],
    ['verification.unusable', methodObstacles],
    ['verification.way', methodWays],
    ['registration.type', methodTypes],
    ['registration.refusal', registrationSummary.shape.types.element.shape.refusal.unwrap().options],
    ['securityKey.unavailable', keyAvailabilityReasons],
    ['imports.problem', importProblems],
    ['common.role', roles],
    ['common.directoryKind', directoryKinds],
    ['settings.file.sources', settingsView.shape.configSource.options],
    ['settings.storage.kinds', settingsView.shape.vault.options],
    ['settings.storage.stores', settingsView.shape.store.options.map(({ shape }) => shape.kind.value)],
    ['settings.securityKey.machine', [...keyAvailabilityReasons, 'available', 'dialog']],
    ['connections.sms.presets', smsPresets],
    ['connections.sms.presetHints', smsPresets],
    ['connections.voice.presets', voicePresets],
    ['connections.voice.presetHints', voicePresets],
    ['connections.voice.englishVoices', englishVoices],
    ['connections.voice.states', deliveryStates.filter((state) => state !== 'sending')],
    ['connections.calls.schemes', callSchemes],
    ['connections.calls.schemeHints', callSchemes],
    ['connections.policy.fields', [...Object.keys(policyNumbers), ...Object.keys(policySwitches)]],
    ['connections.policy.hints', Object.keys(policySwitches)],
    ['setup.vault', settingsView.shape.vault.options],
    ['diagnosis.cause', [...requestCauses, 'unknown']],
    ['diagnosis.sayError', requestCauses.filter((cause) => cause !== 'none')],
    ['diagnosis.reason', diagnosisReasons],
    ['diagnosis.say', [...diagnosisReasons, 'refer']],
    ['diagnosis.obstacle', obstacles],
    ['diagnosis.fix', diagnosisFixes],
    ['intake.state', mailStates],
    ['intake.trouble', mailTroubles],
    ['intake.why', [...mailTroubles, 'waiting']],
    ['requests.filter.ages', requestAges],
    ['requests.filter.sorts', requestSorts],
    ['requests.state', requestStates],
    ['requests.reason', requestReasons],
    ['requests.channel', requestChannels],
    ['requests.history.kind', requestEventKinds],
    ['verification.kind', proofKinds],
    ['verification.attest.documents', identityDocuments],
    ['reset.concern', resetConcerns],
  ]

  it.each(cases)('%s has every value', (place, values) => {
    expect(values.filter((value) => !has(`${place}.${value}`))).toEqual([])
  })
})

interface Thrower {
  readonly code: ErrorCode
  readonly params: readonly string[]
  readonly place: string
}

/** Every `new AppError('code', { … })` with its parameter names, as far as they can be read from the text. */
function throwers(folder: string): Thrower[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .flatMap((entry) => {
      const place = join(entry.parentPath, entry.name)
      const text = readFileSync(place, 'utf8')
      return [...text.matchAll(/new AppError\(\s*'([a-z-]+)'\s*(?:,\s*\{([^}]*)\})?/gu)].map((match) => {
        const code = errorCodes.find((known) => known === match[1])
        if (code === undefined) throw new Error(`${place} throws ${match[1] ?? ''}, which is no code`)
        const params = [...(match[2] ?? '').matchAll(/(?:^|,)\s*(\w+)\s*(?=[,:]|$)/gu)].map(([, name]) => name ?? '')
        return { code, params, place }
      })
    })
}
