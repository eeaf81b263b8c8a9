import { expect } from 'vitest'
import type { Result } from '../../src/shared/errors'
import type { DrawnQuestions } from '../../src/shared/model/questions'
import { approver, calledBack, codeOf, ok, openCase, personIdOf, signIn, switchTo, wait } from './desk'
import { importHeader, putImportFile } from './import-desk'
import { proofing } from './sms-desk'
import type { SmsDesk } from './sms-desk'

/** What the person types at the machine, which nobody sees again. */
export const typedAtTheMachine = {
  pin: 'Canary-Key-Pin-3',
  answers: ['Canary Answer 0', 'Canary Answer 1', 'Canary Answer 2', 'Canary Answer 3', 'Canary Answer 4'],
} as const

/** As its owner says it at the registration. */
export const storyNumber = { typed: '080-1111-2222', e164: '+818011112222' }

const userId = 'hashimoto.mio'

/**
 * Every call of the six methods and of what surrounds them, what fails in them too. The desk has a key of software that touches itself.
 * Begins and ends with suzuki.ken signed in; answers the code that the desk read out.
 */
export async function methodsStory(desk: SmsDesk): Promise<{ readonly reverse: string }> {
  const { api } = desk
  const personId = await personIdOf(desk, userId)
  const proof = { personId, ...proofing }
  await registerAll(desk, proof)
  // Where one method is enough, each must be old enough by itself.
  await ok(api.session.signOut())
  desk.clock.advance(8 * 24 * 60 * 60)
  await signIn(desk, 'suzuki.ken')

  const { id: requestId } = await openCase(desk, userId)
  const { methods } = await ok(api.verification.status({ requestId }))
  const of = (kind: string): { requestId: string; methodId: string } => ({
    requestId,
    methodId: methods.find((method) => method.kind === kind)?.id ?? '',
  })
  const said = ({ drawId, questions }: DrawnQuestions, right: boolean) => ({
    drawId,
    answers: questions.map(({ id }) => ({ questionId: id, answer: right ? (given.get(id) ?? '') : 'Canary Answer 9' })),
  })
  const asked = of('knowledge')
  const wrong = said(await ok(api.verification.drawQuestions(asked)), false)
  expect((await ok(api.verification.checkAnswers({ ...asked, ...wrong }))).matched).toBe(false)
  const right = said(await ok(api.verification.drawQuestions(asked)), true)
  expect((await ok(api.verification.checkAnswers({ ...asked, ...right }))).matched).toBe(true)
  expect((await ok(withPin(desk, api.verification.checkKey(of('key'))))).matched).toBe(true)
  await ok(api.securityKey.cancel())

  await ok(api.verification.dial({ ...of('phone'), field: null }))
  const { code: reverse } = await ok(
    // In letters: five digits turn up by chance in ids and times.
    api.verification.reverseCheck({ ...of('phone'), channel: 'sms', language: 'en' }),
  )
  await ok(api.verification.attestCallBack({ ...of('phone'), evidence: calledBack, note: 'at home' }))
  await switchTo(desk, approver.userId)
  const [waiting] = await ok(api.approvals.list())
  await ok(api.approvals.decide({ proofId: waiting?.proofId ?? '', approve: true, reason: '' }))
  await switchTo(desk, 'suzuki.ken')
  await ok(api.verification.report({ requestId, reason: 'another voice' }))

  await switchTo(desk, 'tanaka.hiroshi')
  await asAdmin(desk, personId, of('phone').methodId)
  await switchTo(desk, 'suzuki.ken')
  return { reverse }
}

const given = new Map<string, string>()

async function registerAll(desk: SmsDesk, proof: typeof proofing & { readonly personId: string }): Promise<void> {
  const { api } = desk
  const { personId } = proof
  const number = { label: 'Own', number: storyNumber.typed, channel: 'voice', language: 'ja' } as const
  const phone = await ok(api.registration.startPhone({ ...proof, ...number }))
  await ok(api.registration.confirm({ enrolmentId: phone.enrolmentId, code: desk.lastCode() }))
  await wait(desk, 120)
  await codeOf(api.registration.startMail({ ...proof, label: 'Own', address: 'mio@example.net', language: 'ja' }))

  const { enrolmentId, questions } = await ok(api.registration.startQuestions(proof))
  given.clear()
  for (const [index, answer] of typedAtTheMachine.answers.entries()) given.set(questions[index]?.id ?? '', answer)
  const answers = [...given].map(([questionId, answer]) => ({ questionId, answer }))
  await codeOf(api.registration.saveAnswers({ enrolmentId, answers: answers.slice(1) }))
  await ok(api.registration.saveAnswers({ enrolmentId, answers }))

  expect(await ok(api.securityKey.availability())).toMatchObject({ available: true })
  const key = await ok(api.registration.startKey({ ...proof, label: 'Key' }))
  const { methods } = await ok(withPin(desk, api.registration.createKey({ enrolmentId: key.enrolmentId })))
  const methodId = methods.find(({ kind }) => kind === 'phone')?.id ?? ''
  await ok(api.registration.setDefault({ personId, methodId }))
  await ok(api.registration.rename({ personId, methodId, label: 'Own phone' }))
  const again = { ...proof, methodId, channel: 'sms', language: 'ja' } as const
  const confirmation = await ok(api.registration.startConfirmation(again))
  await ok(api.registration.confirm({ enrolmentId: confirmation.enrolmentId, code: desk.lastCode() }))
  await wait(desk, 120)
}

async function asAdmin(desk: SmsDesk, personId: string, methodId: string): Promise<void> {
  const { api, desktop } = desk
  for (const heightened of [true, false]) await ok(api.threat.set({ heightened, reason: 'strangers call' }))
  await ok(api.threat.get())
  await ok(api.questions.catalogue())
  await ok(api.questions.saveCustom({ questions: [] }))

  putImportFile(desk, `${importHeader}\r\nmori.kana,mobile,${storyNumber.typed},,\r\nnobody,mobile,1,,\r\n`)
  const left = await ok(api.imports.choose())
  await ok(api.imports.discard({ importId: left?.importId ?? '' }))
  const chosen = await ok(api.imports.choose())
  await ok(api.imports.progress())
  desktop.saveTo = `${desk.folder}/left-out.csv`
  await ok(api.imports.saveBadRows({ importId: chosen?.importId ?? '', language: 'ja' }))
  await ok(api.imports.apply({ importId: chosen?.importId ?? '' }))
  desktop.saveTo = `${desk.folder}/template.csv`
  await ok(api.imports.saveTemplate())

  await ok(api.privacy.reveal({ methodId, reason: 'asked which one it is' }))
  desktop.saveTo = `${desk.folder}/person.json`
  await ok(api.privacy.export({ personId }))
  await ok(api.privacy.erase({ personId, reason: 'left', approver }))
}

/** The key's owner types its PIN when it asks. */
async function withPin<T>({ api }: SmsDesk, talk: Promise<Result<T>>): Promise<Result<T>> {
  await expect.poll(async () => (await ok(api.securityKey.state()))?.prompt.step).toBe('pin')
  await ok(api.securityKey.pin({ pin: typedAtTheMachine.pin }))
  return talk
}
