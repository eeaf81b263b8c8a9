import { randomUUID } from 'node:crypto'
import type {
  MailRequestTimes,
  MatchedPerson,
  NewRequest,
  RequestChange,
  RequestQuery,
  SentCodeRow,
  StoredMethod,
  StoredProof,
  TakenMail,
} from '../../src/main/stores/stores'

/** An instant of the tests' day, so many seconds after nine o'clock. */
export const at = (seconds = 0): string => new Date(Date.UTC(2026, 10, 23, 0, 0, seconds)).toISOString()

export const aPersonId = (): string => `${randomUUID()}@dc=sakura,dc=example`

export const agent = { id: aPersonId(), name: '佐藤 美咲' }

export function aNewRequest(changes: Partial<NewRequest> = {}): NewRequest {
  return {
    personId: aPersonId(),
    personName: '山田 花子',
    personReading: 'やまだ はなこ',
    personUserId: 'yamada.hanako',
    personDepartment: '経理部',
    channel: 'phone',
    reason: 'locked-out',
    createdBy: agent,
    at: at(),
    expiresAt: at(7 * 86_400),
    dueAt: at(4 * 3600),
    note: '',
    ...changes,
  }
}

/** The whole list, newest first. */
export const anyRequest: RequestQuery = {
  states: [],
  holderId: null,
  causes: [],
  channels: [],
  due: { from: null, until: null },
  created: { from: null, until: null },
  sort: 'newest',
  text: '',
  cursor: null,
  limit: 100,
}

export function aClaim(seconds = 1, holder = agent): RequestChange {
  return {
    state: 'claimed',
    holder,
    expiresAt: null,
    event: { at: at(seconds), kind: 'claimed', by: holder, text: '' },
  }
}

export function aClosing(state: 'done' | 'refused' = 'done', seconds = 2): RequestChange {
  return { state, holder: agent, expiresAt: null, event: { at: at(seconds), kind: state, by: agent, text: '' } }
}

export function aMethod(changes: Partial<StoredMethod> = {}): StoredMethod {
  return {
    id: randomUUID(),
    personId: aPersonId(),
    type: 'app',
    kind: 'app',
    label: 'Pixel 9',
    registeredAt: at(),
    confirmedAt: at(),
    isDefault: false,
    lastUsedAt: null,
    firstInPerson: false,
    secret: Uint8Array.of(0, 1, 2, 253, 254, 255),
    lastStep: null,
    recentDrift: [],
    ...changes,
  }
}

export function aProof(requestId: string, changes: Partial<StoredProof> = {}): StoredProof {
  return {
    id: randomUUID(),
    requestId,
    personId: aProof.personId,
    agentId: agent.id,
    kind: 'app',
    methodId: randomUUID(),
    label: 'Pixel 9',
    attestation: null,
    action: 'reset',
    provenAt: at(),
    expiresAt: at(600),
    approval: null,
    approverId: null,
    approverName: null,
    spentBy: null,
    spentAt: null,
    ...changes,
  }
}
aProof.personId = aPersonId()

export function aPerson(changes: Partial<MatchedPerson> = {}): MatchedPerson {
  return {
    id: aPersonId(),
    name: '山田 花子',
    reading: 'やまだ はなこ',
    userId: 'yamada.hanako',
    department: '経理部',
    ...changes,
  }
}

/** A mail as the intake read it; it names nobody that the directory was asked for. */
export function aTakenMail(changes: Partial<TakenMail> = {}): TakenMail {
  return {
    id: randomUUID(),
    uid: 1,
    digest: randomUUID(),
    receivedAt: at(),
    from: 'msonlineservicesteam@microsoftonline.com',
    subject: 'パスワード リセットの要求',
    text: Uint8Array.of(1, 2, 255),
    cut: false,
    template: 'Microsoft (ja)',
    reason: 'not-said',
    named: ['yamada.hanako@sakura.example'],
    trouble: null,
    person: null,
    ...changes,
  }
}

/** When a mail's request is entered: a minute after it came. */
export const mailTimes: MailRequestTimes = {
  at: at(60),
  expiresAt: at(7 * 86_400),
  dueAt: at(4 * 3600),
  foldSeconds: 86_400,
}

export function aSentCode(changes: Partial<SentCodeRow> = {}): SentCodeRow {
  return {
    id: randomUUID(),
    requestId: null,
    personId: aPersonId(),
    agentId: agent.id,
    methodId: randomUUID(),
    channel: 'sms',
    purpose: 'check',
    destination: randomUUID(),
    codeMac: 'c0de',
    sentAt: at(),
    expiresAt: at(300),
    triesAllowed: 3,
    triesUsed: 0,
    delivery: 'sending',
    messageId: null,
    passedAt: null,
    ...changes,
  }
}
