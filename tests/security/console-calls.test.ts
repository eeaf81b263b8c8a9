import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contract } from '../../src/shared/contract'
import { AppError } from '../../src/shared/errors'
import { smsPresets } from '../../src/shared/sms-presets'
import { voicePresets } from '../../src/shared/voice-presets'
import {
  approver,
  calledBack,
  callerOf,
  codeOf,
  ok,
  openCase,
  openDesk,
  personIdOf,
  seedPassword,
  signIn,
} from '../support/desk'
import type { TestDesk } from '../support/desk'

let desk: TestDesk
let call: ReturnType<typeof callerOf>

beforeEach(async () => {
  desk = await openDesk()
  call = callerOf(desk.desk)
})

afterEach(() => desk.close())

const channels = Object.entries(contract).flatMap(([feature, methods]) =>
  Object.keys(methods).map((method) => `${feature}.${method}`),
)

const id = '11111111-1111-4111-8111-111111111111'
const personId = `${id}@dc=sakura,dc=example`
const directory = {
  kind: 'auto',
  servers: ['ldaps://elsewhere.invalid'],
  domain: null,
  site: null,
  ca: null,
  peopleBase: null,
  bindDn: null,
  protectedGroups: [],
}
const mailbox = {
  host: 'elsewhere.invalid',
  port: 993,
  security: 'tls',
  userName: 'x',
  folder: 'INBOX',
  ca: null,
  startDays: 1,
  identity: null,
}
const settings = {
  organisation: 'x',
  directory,
  roles: { agent: [], approver: [], admin: ['cn=everyone,dc=sakura,dc=example'], auditor: [] },
  mailbox: null,
  sms: null,
  voice: null,
  mailOut: null,
  securityKey: null,
  calls: { scheme: 'tel', host: null },
  mailDomains: [],
  sspr: { scope: 'all', groups: [], managedElsewhere: [], withoutWriteBack: [] },
  policy: {},
  links: [],
}
const identity = { document: 'passport', photoMatches: true, nameMatches: true }

const inputs: Readonly<Record<string, unknown>> = {
  'people.search': { query: 'yamada' },
  'people.card': { personId },
  'requests.list': { filter: {} },
  'requests.get': { requestId: id },
  'requests.create': { personId, channel: 'phone', reason: 'forgot', note: '', claim: true },
  'requests.claim': { requestId: id, version: 1 },
  'requests.release': { requestId: id, version: 1 },
  'requests.handOver': { requestId: id, version: 1, operatorId: personId, note: '' },
  'requests.addNote': { requestId: id, text: 'x' },
  'requests.complete': { requestId: id, version: 1, reason: 'x' },
  'requests.refuse': { requestId: id, version: 1, reason: 'x' },
  'requests.reopen': { requestId: id, version: 1, reason: 'x' },
  'requests.refuseMany': { requests: [{ requestId: id, version: 1 }], reason: 'x' },
  'requests.operators': undefined,
  'requests.views': undefined,
  'requests.saveView': { id, name: 'x', filter: {}, sort: 'due' },
  'requests.removeView': { viewId: id },
  'intake.list': { filter: {} },
  'intake.get': { mailId: id },
  'intake.ofRequest': { requestId: id },
  'intake.match': { mailId: id, personId },
  'intake.dismiss': { mailId: id, reason: 'x' },
  'intake.templates': undefined,
  'intake.readyTemplates': undefined,
  'intake.saveTemplates': { templates: [] },
  'intake.tryTemplates': { raw: 'x', templates: [] },
  'diagnosis.ofRequest': { requestId: id },
  'diagnosis.ofPerson': { personId },
  'health.status': undefined,
  'health.check': undefined,
  'connections.probe': { address: 'elsewhere.invalid', ca: null },
  'connections.chooseAuthority': undefined,
  'connections.signIn': { directory, credentials: { userId: 'x', password: 'x' } },
  'connections.groups': { query: 'x' },
  'connections.bases': { query: 'x' },
  'connections.mailbox': { mailbox, password: 'x' },
  'connections.sms': { sms: smsPresets.kannel.settings, secrets: {}, number: '+819012345678' },
  'connections.voice': {
    voice: voicePresets.json.settings,
    secrets: {},
    number: '+819012345678',
    language: 'ja',
  },
  'connections.trialState': { channel: 'voice' },
  'connections.mailOut': {
    mailOut: {
      host: 'elsewhere.invalid',
      port: 587,
      security: 'starttls',
      userName: null,
      from: 'desk@sakura.example',
      fromName: null,
      ca: null,
    },
    password: null,
    address: 'x@elsewhere.invalid',
    language: 'ja',
  },
  'settings.edit': undefined,
  'settings.save': { settings, secrets: {} },
  'verification.status': { requestId: id },
  'verification.sendCode': { requestId: id, methodId: id, channel: 'sms', language: 'ja' },
  'verification.checkCode': { requestId: id, methodId: id, code: '123456' },
  'verification.attest': {
    requestId: id,
    attestation: { kind: 'call-back', field: 'mobile', ...calledBack },
    note: '',
  },
  'verification.decide': { requestId: id, proofId: id, approve: true, reason: 'x', approver },
  'verification.reopenChecks': { requestId: id, reason: 'x', approver },
  'verification.drawQuestions': { requestId: id, methodId: id },
  'verification.checkAnswers': { requestId: id, methodId: id, drawId: id, answers: [] },
  'verification.checkKey': { requestId: id, methodId: id },
  'verification.dial': { requestId: id, methodId: id, field: null },
  'verification.attestCallBack': { requestId: id, methodId: id, evidence: calledBack, note: '' },
  'verification.reverseCheck': { requestId: id, methodId: id, channel: 'sms', language: 'ja' },
  'verification.report': { requestId: id, reason: 'x' },
  'approvals.list': undefined,
  'approvals.decide': { proofId: id, approve: true, reason: 'x' },
  'threat.get': undefined,
  'threat.set': { heightened: true, reason: 'x' },
  'securityKey.availability': undefined,
  'securityKey.state': undefined,
  'securityKey.pin': { pin: '1234' },
  'securityKey.cancel': undefined,
  'registration.list': { personId },
  'registration.startApp': {
    personId,
    label: 'x',
    document: 'passport',
    photoMatches: true,
    nameMatches: true,
    approver,
  },
  'registration.confirm': { enrolmentId: id, code: '123456' },
  'registration.cancel': { enrolmentId: id },
  'registration.startPhone': {
    personId,
    label: 'x',
    number: '090-1234-5678',
    language: 'ja',
    document: 'passport',
    photoMatches: true,
    nameMatches: true,
    approver,
  },
  'registration.startMail': { personId, ...identity, label: 'x', address: 'x@example.net', language: 'ja', approver },
  'registration.startConfirmation': { personId, ...identity, methodId: id, channel: null, language: 'ja', approver },
  'registration.startQuestions': { personId, ...identity, approver },
  'registration.startKey': { personId, ...identity, label: 'x', approver },
  'registration.enrolment': { enrolmentId: id },
  'registration.resend': { enrolmentId: id, channel: 'sms' },
  'registration.saveAnswers': { enrolmentId: id, answers: [] },
  'registration.createKey': { enrolmentId: id },
  'registration.rename': { personId, methodId: id, label: 'x' },
  'registration.setDefault': { personId, methodId: id },
  'registration.remove': {
    personId,
    methodId: id,
    document: 'employee-card',
    photoMatches: true,
    nameMatches: true,
    approver,
  },
  'questions.catalogue': undefined,
  'questions.saveCustom': { questions: [] },
  'imports.choose': undefined,
  'imports.apply': { importId: id },
  'imports.discard': { importId: id },
  'imports.progress': undefined,
  'imports.saveTemplate': undefined,
  'imports.saveBadRows': { importId: id, language: 'en' },
  'privacy.reveal': { methodId: id, reason: 'x' },
  'privacy.export': { personId },
  'privacy.erase': { personId, reason: 'x', approver },
  'reset.preview': { requestId: id },
  'reset.perform': { requestId: id },
  'reset.unlock': { requestId: id },
  'reset.recheck': { requestId: id },
  'reset.copyPassword': { resetId: id },
  'reset.dismiss': { resetId: id },
  'audit.list': { filter: {} },
  'audit.verify': undefined,
  'audit.saveCopy': undefined,
  'settings.view': undefined,
}

/** Calls that are there before anybody signs in. */
const open = new Set([
  'session.status',
  'session.signIn',
  'session.unlock',
  'session.lock',
  'session.signOut',
  'session.touch',
  'session.useSample',
  'session.openExternal',
  'vault.create',
  'vault.protection',
  'vault.unlock',
  'vault.recover',
  'settings.preferences',
  'settings.setPreferences',
  'setup.finish',
  'setup.chooseFile',
])

/** Of whoever is signed in. */
async function ownId(): Promise<string> {
  return (await ok(desk.api.session.status())).operator?.id ?? ''
}

describe('a console in the page', () => {
  it('gets nothing of the desk without a session, on any channel', async () => {
    const guarded = channels.filter((channel) => !open.has(channel))
    expect(guarded.toSorted()).toEqual(Object.keys(inputs).toSorted())

    for (const channel of guarded) {
      expect([channel, await codeOf(call(channel, inputs[channel]))]).toEqual([channel, 'not-signed-in'])
    }
    expect(desk.directory.sessions).toEqual([])
  })

  it('gets nothing of the desk while the session is locked', async () => {
    await signIn(desk)
    await ok(desk.api.session.lock())

    for (const [channel, input] of Object.entries(inputs)) {
      expect([channel, await codeOf(call(channel, input))]).toEqual([channel, 'session-locked'])
    }
  })

  it('cannot make, open or recover a vault, or change the organisation, once the desk is open', async () => {
    await signIn(desk)

    expect(await codeOf(call('vault.create', { passphrase: null }))).toBe('vault-already-set-up')
    expect(await codeOf(call('vault.unlock', { passphrase: 'x' }))).toBe('not-available')
    expect(await codeOf(call('vault.recover', { recoveryKey: 'x', passphrase: null }))).toBe('not-available')
    expect(await codeOf(call('session.useSample'))).toBe('not-available')
    expect(await codeOf(call('setup.finish', { settings, secrets: {} }))).toBe('not-available')
    expect(await codeOf(call('setup.chooseFile'))).toBe('not-available')
  })

  it('cannot change settings, or try connections out, as an agent', async () => {
    await signIn(desk)

    for (const channel of [
      'settings.edit',
      'settings.save',
      'intake.saveTemplates',
      'intake.tryTemplates',
      'connections.probe',
      'connections.chooseAuthority',
      'connections.signIn',
      'connections.groups',
      'connections.bases',
      'connections.mailbox',
      'connections.sms',
      'connections.voice',
      'connections.mailOut',
      'approvals.list',
      'threat.set',
      'questions.saveCustom',
      'imports.choose',
      'imports.saveBadRows',
    ]) {
      expect([channel, await codeOf(call(channel, inputs[channel]))]).toEqual([channel, 'role-required'])
    }
  })

  it('reads no mail, no person and no cause as an auditor, and settles nothing', async () => {
    await signIn(desk, 'watanabe.aya')

    for (const channel of [
      'people.search',
      'people.card',
      'intake.list',
      'intake.get',
      'intake.ofRequest',
      'intake.dismiss',
      'intake.templates',
      'intake.readyTemplates',
      'intake.saveTemplates',
      'intake.tryTemplates',
      'diagnosis.ofRequest',
      'diagnosis.ofPerson',
      'settings.edit',
      'settings.save',
      'verification.status',
      'registration.list',
      'reset.preview',
      'approvals.list',
      'threat.set',
    ]) {
      expect([channel, await codeOf(call(channel, inputs[channel]))]).toEqual([channel, 'role-required'])
    }
    expect(await codeOf(call('intake.match', { mailId: id, personId: await ownId() }))).toBe('role-required')
  })

  it('cannot send what is no plain input', async () => {
    await signIn(desk)
    const request = await openCase(desk, 'ito.kenta')

    for (const input of [undefined, null, 'x', [], { requestId: 'x' }, { requestId: [request.id] }, new Map()]) {
      expect(await codeOf(call('reset.perform', input))).toBe('invalid-input')
    }
    expect(await codeOf(call('reset.perform', { requestId: request.id }, { force: true }))).toBe('invalid-input')
    expect(desk.directory.writes).toEqual([])
  })

  it('reaches no reset by a call that no screen would make', async () => {
    await signIn(desk)
    const request = await openCase(desk, 'ito.kenta')
    const answers = [
      await call('reset.perform', { requestId: request.id }),
      await call('reset.unlock', { requestId: request.id }),
      await call('reset.recheck', { requestId: request.id }),
      await call('reset.copyPassword', { resetId: request.id }),
      await call('verification.checkCode', { requestId: request.id, methodId: id, code: '000000' }),
      await call('verification.decide', {
        requestId: request.id,
        proofId: id,
        approve: true,
        reason: 'x',
        approver: { userId: 'sato.misaki', password: seedPassword },
      }),
    ]

    expect(answers.map((answer) => (answer.ok ? 'ok' : answer.code))).toEqual([
      'caller-not-verified',
      'caller-not-verified',
      'not-available',
      'not-available',
      'method-not-found',
      'attestation-not-found',
    ])
    expect(desk.directory.writes).toEqual([])
  })

  it('learns nothing of an unexpected error but a number to look up in the log', async () => {
    await signIn(desk)
    const known = await personIdOf(desk, 'ito.kenta')
    desk.directory.faults.roles = async () => {
      throw new Error('ldap bind cn=desk,dc=secret failed with hunter2')
    }
    const entry = { personId: known, channel: 'phone', reason: 'forgot', note: '', claim: true }

    const answer = await call('requests.create', entry)

    expect(answer).toMatchObject({ ok: false, code: 'internal' })
    expect(JSON.stringify(answer)).not.toContain('secret')
    expect(answer).not.toBeInstanceOf(AppError)
  })
})
