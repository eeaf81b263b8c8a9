import { defineComponent, h, type Component } from 'vue'
import type { AppEnrolment, CodeEnrolment, RegistrationSummary } from '../../../src/shared/model/registration'
import type { PersonCard, PersonSummary } from '../../../src/shared/model/person'
import type { IntakeMail, IntakeMailDetail } from '../../../src/shared/model/intake'
import type { ResetRequest } from '../../../src/shared/model/request'
import type { ResetOutcome, ResetPreview } from '../../../src/shared/model/reset'
import type { SessionStatus } from '../../../src/shared/model/operator'
import type {
  CodeChannel,
  MethodType,
  MethodWay,
  ProofKind,
  ProofSummary,
  RegisteredMethod,
  Sending,
  SentCode,
  VerificationStatus,
} from '../../../src/shared/model/verification'
import { methodTypes } from '../../../src/shared/model/verification'
import { anActiveStatus, anOperator } from './api'

/** The builders of what the work screens show: one caller, locked out, who stands before the agent. */

export const callerId = '00000000-0000-4000-8000-000000000100@dc=example'
export const requestId = '00000000-0000-4000-9000-000000000001'
export const methodId = '00000000-0000-4000-a000-000000000001'
const resetId = '00000000-0000-4000-b000-000000000001'

export function minutesFromNow(minutes: number): string {
  return new Date(Date.now() + minutes * 60_000).toISOString()
}

/** An agent at work, by a desk clock that agrees with this machine's: proofs are counted by it. */
export function atWork(change: Partial<SessionStatus> = {}): SessionStatus {
  return anActiveStatus({ now: minutesFromNow(0), ...change })
}

export function aRequest(change: Partial<ResetRequest> = {}): ResetRequest {
  const { id, name } = anOperator()
  return {
    id: requestId,
    number: 12,
    personId: callerId,
    personName: '山田 花子',
    personReading: 'やまだ はなこ',
    personUserId: 'yamada.hanako',
    personDepartment: '営業部',
    channel: 'walk-in',
    reason: 'locked-out',
    state: 'claimed',
    holder: { id, name },
    createdBy: { id, name },
    createdAt: minutesFromNow(-10),
    repeats: 0,
    lastAskedAt: minutesFromNow(-10),
    dueAt: minutesFromNow(230),
    cause: null,
    updatedAt: minutesFromNow(-5),
    expiresAt: minutesFromNow(10_000),
    version: 3,
    ...change,
  }
}

export function aCard(change: Partial<PersonCard> = {}, state: Partial<PersonCard['state']> = {}): PersonCard {
  return {
    id: callerId,
    name: '山田 花子',
    reading: 'やまだ はなこ',
    userId: 'yamada.hanako',
    signInName: 'yamada.hanako@example.co.jp',
    mail: 'yamada.hanako@example.co.jp',
    department: '営業部',
    title: '主任',
    employeeNumber: '104231',
    office: '東京',
    manager: '田中 宏',
    dn: 'uid=yamada.hanako,dc=example',
    state: {
      locked: true,
      lockedAt: minutesFromNow(-12),
      unlocksAt: null,
      disabled: false,
      accountExpiresAt: null,
      accountExpired: false,
      passwordChangedAt: minutesFromNow(-100_000),
      passwordExpiresAt: null,
      passwordNeverExpires: false,
      passwordExpired: false,
      mustChange: false,
      smartCardRequired: false,
      badPasswordCount: 5,
      lastSignInAt: null,
      readAt: minutesFromNow(0),
      ...state,
    },
    privilege: { privileged: false, groups: [], adminCountHint: false },
    numbers: [],
    groups: ['営業部'],
    groupsTruncated: false,
    mayUnlock: true,
    mayRequireChange: true,
    ...change,
  }
}

export function aPerson(change: Partial<PersonSummary> = {}): PersonSummary {
  return {
    id: callerId,
    name: '山田 花子',
    reading: 'やまだ はなこ',
    userId: 'yamada.hanako',
    mail: 'yamada.hanako@example.co.jp',
    department: '営業部',
    employeeNumber: '104231',
    lock: 'locked',
    disabled: false,
    ...change,
  }
}

/** A mail of the intake that names two people. */
export function aMail(change: Partial<IntakeMail> = {}): IntakeMail {
  return {
    id: '00000000-0000-4000-d000-000000000001',
    receivedAt: minutesFromNow(-3),
    from: 'Microsoft <msonlineservicesteam@microsoftonline.com>',
    subject: "Request to reset user's password",
    template: 'Microsoft (English)',
    state: 'unclear',
    trouble: 'several-people',
    named: ['yamada.hanako', 'ito.kenta'],
    requestId: null,
    requestNumber: null,
    cut: false,
    ...change,
  }
}

export function aMailDetail(
  change: Partial<IntakeMail> = {},
  rest: Partial<Omit<IntakeMailDetail, 'mail'>> = {},
): IntakeMailDetail {
  return {
    mail: aMail(change),
    text: 'User ID: yamada.hanako\nUser ID: ito.kenta',
    candidates: [aPerson()],
    ...rest,
  }
}

export function aVerification(change: Partial<VerificationStatus> = {}): VerificationStatus {
  return {
    requestId,
    methods: [
      {
        id: methodId,
        type: 'app',
        kind: 'app',
        label: 'Pixel 9',
        masked: '',
        isDefault: false,
        source: 'registered',
        ways: [],
        sending: null,
        registeredAt: minutesFromNow(-100_000),
        lastUsedAt: null,
        unusable: null,
        usableAt: null,
        dueForConfirmation: false,
        driftSeconds: 0,
      },
    ],
    proofs: [],
    required: 1,
    requiredStrong: 0,
    approvalRequired: false,
    satisfied: false,
    satisfiedUntil: null,
    privileged: false,
    blocked: null,
    failures: 0,
    failureLimit: 5,
    closedUntil: null,
    warn: false,
    reportedAt: null,
    heightened: false,
    attestations: [],
    callBackNumbers: [],
    ...change,
  }
}

export function aWay(way: MethodWay['way'], change: Partial<Omit<MethodWay, 'way'>> = {}): MethodWay {
  return { way, refusal: null, possibleAt: null, ...change }
}

/** The mobile number of the same person: a code can be sent to it, by text message alone unless told. */
export function phoneMethod(
  change: Partial<RegisteredMethod> = {},
  sending: Partial<Sending> = {},
  sms: Partial<Omit<MethodWay, 'way'>> = {},
): RegisteredMethod {
  return {
    id: '00000000-0000-4000-a000-000000000002',
    type: 'mobile',
    kind: 'phone',
    label: 'Work phone',
    masked: '••• 5678',
    isDefault: false,
    source: 'registered',
    ways: [aWay('sms', sms)],
    sending: { left: 9, code: null, ...sending },
    registeredAt: minutesFromNow(-100_000),
    lastUsedAt: null,
    unusable: null,
    usableAt: null,
    dueForConfirmation: false,
    driftSeconds: 0,
    ...change,
  }
}

/** A code that was just sent by text message. */
export function aSentCode(change: Partial<SentCode> = {}): SentCode {
  return {
    channel: 'sms',
    sentAt: minutesFromNow(0),
    expiresAt: minutesFromNow(5),
    delivery: 'accepted',
    triesLeft: 3,
    state: 'live',
    ...change,
  }
}

/** A check that has passed. */
export function aProof(kind: ProofKind, change: Partial<ProofSummary> = {}): ProofSummary {
  return {
    id: `00000000-0000-4000-e000-00000000000${kind === 'app' ? 1 : 2}`,
    kind,
    attestation: kind === 'attested' ? 'in-person' : null,
    label: '',
    provenAt: minutesFromNow(0),
    expiresAt: minutesFromNow(10),
    state: 'valid',
    approvedBy: null,
    ...change,
  }
}

export function aSatisfied(change: Partial<VerificationStatus> = {}): VerificationStatus {
  return aVerification({ satisfied: true, satisfiedUntil: minutesFromNow(10), ...change })
}

export function aPreview(change: Partial<ResetPreview> = {}): ResetPreview {
  return {
    requestId,
    policy: {
      source: 'policy',
      name: 'Default Domain Policy',
      minLength: 12,
      complexity: true,
      historyLength: 24,
      historyOnReset: 'enforced',
      minAgeSeconds: 0,
      maxAgeSeconds: 90 * 86_400,
      lockoutThreshold: 5,
      lockoutSeconds: 1800,
    },
    state: aCard().state,
    blockers: [],
    warnings: [],
    passwordLength: 21,
    ...change,
  }
}

/** The password that must be nowhere but on screen. */
export const temporaryPassword = 'Kametani-Hasuregu-472'

export function anOutcome(change: Partial<ResetOutcome> = {}): ResetOutcome {
  return {
    outcome: 'succeeded',
    action: 'reset',
    shown: {
      resetId,
      password: temporaryPassword,
      spelling: ['Ka', 'me', 'ta', 'ni', '-', 'Ha', 'su', 're', 'gu', '-', '4', '7', '2'].map((text) => ({
        text,
        ja: `読み ${text}`,
        en: `say ${text}`,
      })),
    },
    state: aCard({}, { locked: false, mustChange: true }).state,
    canSignIn: true,
    mustChange: true,
    missed: [],
    server: 'ldap1.example.co.jp:636',
    at: minutesFromNow(0),
    request: aRequest({ state: 'done', version: 4 }),
    auditFailed: false,
    ...change,
  }
}

/** The key that must be nowhere but on screen. */
export const typedKey = 'JBSW Y3DP EHPK 3PXP'

export function anEnrolment(change: Partial<AppEnrolment> = {}): AppEnrolment {
  return {
    enrolmentId: '00000000-0000-4000-c000-000000000001',
    qr: ['101', '010', '111'],
    typedKey,
    issuer: 'SSPR Desk',
    account: 'yamada.hanako',
    expiresAt: minutesFromNow(10),
    ...change,
  }
}

/** A number waiting for the code that was sent to it. */
export function aCodeEnrolment(change: Partial<CodeEnrolment> = {}): CodeEnrolment {
  return {
    enrolmentId: '00000000-0000-4000-c000-000000000002',
    type: 'mobile',
    masked: '••• 5678',
    channel: 'sms',
    delivery: 'accepted',
    resendAt: minutesFromNow(2),
    codeExpiresAt: minutesFromNow(5),
    expiresAt: minutesFromNow(15),
    channels: ['sms'],
    warning: null,
    ...change,
  }
}

/** A method on the person's card: an app that was proven. */
export function aMethod(
  change: Partial<RegistrationSummary['methods'][number]> = {},
): RegistrationSummary['methods'][number] {
  return {
    id: methodId,
    type: 'app',
    kind: 'app',
    label: 'Pixel 9',
    masked: '',
    isDefault: true,
    registeredAt: minutesFromNow(-100_000),
    confirmedAt: minutesFromNow(-100_000),
    dueForConfirmation: false,
    lastUsedAt: null,
    channels: change.type === undefined ? [] : channelsOf(change.type),
    ...change,
  }
}

/** Every gateway is set up. */
function channelsOf(type: MethodType): CodeChannel[] {
  if (type === 'mail') return ['mail']
  if (type === 'office') return ['voice']
  return type === 'mobile' || type === 'alternative' ? ['sms', 'voice'] : []
}

/** What is registered for the same person: nothing, and everything can be. */
export function aRegistration(change: Partial<RegistrationSummary> = {}): RegistrationSummary {
  return {
    methods: [],
    required: 2,
    toRegister: 2,
    counting: 0,
    ready: false,
    backup: false,
    types: methodTypes.map((one) => ({ type: one, refusal: null, channels: channelsOf(one) })),
    offers: [],
    erased: false,
    ...change,
  }
}

/** A page that holds one component with these properties. */
export function withProps(component: Component, props: Record<string, unknown>): Component {
  return defineComponent({ name: 'TestScreen', render: () => h(component, props) })
}

export function button(name: string): HTMLButtonElement {
  const found = [...document.querySelectorAll('button')].filter((one) =>
    (one.textContent ?? '').trim().startsWith(name),
  )
  const last = found.at(-1)
  if (last === undefined) throw new Error(`no button "${name}" on the page`)
  return last
}

/** The control that a visible label belongs to. */
export function field(label: string): HTMLInputElement {
  const found = [...document.querySelectorAll('label')].find((one) => (one.textContent ?? '').trim().startsWith(label))
  const control = found === undefined ? null : document.getElementById(found.htmlFor)
  if (!(control instanceof HTMLElement)) throw new Error(`no field "${label}" on the page`)
  return control as HTMLInputElement
}

export function type(label: string, text: string): void {
  const control = field(label)
  control.value = text
  control.dispatchEvent(new Event(control instanceof HTMLSelectElement ? 'change' : 'input', { bubbles: true }))
}
