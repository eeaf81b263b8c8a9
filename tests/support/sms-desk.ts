import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CheckResult, MethodWay, RegisteredMethod, VerificationStatus } from '../../src/shared/model/verification'
import type { ResetRequest } from '../../src/shared/model/request'
import { approver, enrol, ok, openCase, openDesk, personIdOf, wait } from './desk'
import type { TestDesk, TestDeskOptions } from './desk'
import { startHttpSink } from './http-sink'
import type { HttpSink } from './http-sink'
import type { TestClock } from './test-clock'

export const gatewaySecret = 'Gateway-Token-9f8e7d'
export const mobile = { typed: '090-1234-5678', e164: '+819012345678', masked: '••••5678' }

/** A message as the gateway got it. */
interface SentMessage {
  readonly to: string
  readonly text: string
  readonly code: string
  /** Of a call. */
  readonly extension: string
}

/** A desk whose messages and calls go to a gateway of the test. */
export interface SmsDesk extends TestDesk {
  readonly sink: HttpSink
  readonly messages: () => SentMessage[]
  /** The code in the latest message. */
  readonly lastCode: () => string
}

interface SmsDeskOptions extends Pick<TestDeskOptions, 'securityKeys' | 'more'> {
  readonly policy?: Readonly<Record<string, number | boolean>>
  /** Over the ready settings of the plain JSON service. */
  readonly sms?: Readonly<Record<string, unknown>>
  /** An earlier desk's folder and clock: the same stores, opened again. */
  readonly folder?: string
  readonly clock?: TestClock
}

/** Opens a desk with a gateway on this machine; two methods for a caller unless told. Nobody is signed in. */
export async function openSmsDesk(options: SmsDeskOptions = {}): Promise<SmsDesk> {
  const { policy = {}, sms = {}, more = {}, ...rest } = options
  const sink = await startHttpSink()
  sink.answer({ status: 200, body: '{"id":"gateway-1"}' })
  const secrets = mkdtempSync(join(tmpdir(), 'desk-sms-'))
  const file = join(secrets, 'token')
  writeFileSync(file, gatewaySecret, { mode: 0o600 })
  const desk = await openDesk({
    ...rest,
    policy: { methodsRequired: 2, ...policy },
    more: {
      sms: { preset: 'json', url: `${sink.origin}/v1/messages`, sender: 'Sakura', ...sms },
      voice: {
        preset: 'json',
        url: `${sink.origin}/v1/calls`,
        sender: 'Sakura',
        body: '{"to":"{to}","extension":"{extension}","text":"{text}","code":"{code}"}',
        delivery: null,
      },
      secretFiles: { 'sms.token': file, 'voice.token': file },
      ...more,
    },
  })
  const messages = (): SentMessage[] =>
    sink.requests.filter(({ method }) => method === 'POST').map(({ body }) => messageOf(JSON.parse(body)))
  return {
    ...desk,
    sink,
    messages,
    lastCode: () => messages().at(-1)?.code ?? 'no message',
    async close(how) {
      await desk.close(how)
      await sink.stop()
      rmSync(secrets, { recursive: true, force: true })
    },
  }
}

function messageOf(body: unknown): SentMessage {
  if (typeof body !== 'object' || body === null || !('to' in body) || !('text' in body)) throw new Error('no message')
  const text = String(body.text)
  const code = 'code' in body ? String(body.code) : (/\d{6}/u.exec(text)?.[0] ?? 'no code')
  return { to: String(body.to), text, code, extension: 'extension' in body ? String(body.extension) : '' }
}

/** A code that is certainly another one. */
export function otherCode(code: string): string {
  return String((Number(code) + 1) % 1_000_000).padStart(6, '0')
}

export const proofing = { document: 'employee-card', photoMatches: true, nameMatches: true, approver } as const

/** Registers a mobile number in person, with the code that its message brought. */
export async function enrolPhone(
  desk: SmsDesk,
  userId: string,
  number = mobile.typed,
  label = 'Work phone',
): Promise<void> {
  const personId = await personIdOf(desk, userId)
  const start = { personId, ...proofing, label, number, language: 'ja' } as const
  const { enrolmentId } = await ok(desk.api.registration.startPhone(start))
  await ok(desk.api.registration.confirm({ enrolmentId, code: desk.lastCode() }))
  // The next code to this number may be sent after two minutes.
  await wait(desk, 120)
}

/** App first, then the number, in one visit; then a claimed request. */
export async function phoneCase(
  desk: SmsDesk,
  userId = 'yamada.hanako',
): Promise<{ request: ResetRequest; typedKey: string; methodId: string }> {
  const typedKey = await enrol(desk, userId)
  await enrolPhone(desk, userId)
  const request = await openCase(desk, userId)
  return { request, typedKey, methodId: (await phoneOf(desk, request.id)).id }
}

/** The one telephone number of a request's person. */
export async function phoneOf(desk: TestDesk, requestId: string): Promise<RegisteredMethod> {
  const { methods } = await ok(desk.api.verification.status({ requestId }))
  const [phone, ...others] = methods.filter(({ kind }) => kind === 'phone')
  if (phone === undefined || others.length > 0) throw new Error('not exactly one number')
  return phone
}

export function sendCode(desk: TestDesk, requestId: string, methodId: string): Promise<VerificationStatus> {
  return ok(desk.api.verification.sendCode({ requestId, methodId, channel: 'sms', language: 'ja' }))
}

export function checkCode(desk: TestDesk, requestId: string, methodId: string, code: string): Promise<CheckResult> {
  return ok(desk.api.verification.checkCode({ requestId, methodId, code }))
}

/** How one way of a method stands. */
export function wayOf(method: RegisteredMethod | undefined, way: MethodWay['way']): MethodWay | undefined {
  return method?.ways.find((each) => each.way === way)
}
