import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { simpleParser } from 'mailparser'
import { expect, test } from 'playwright/test'
import type { Locator } from 'playwright/test'
import { launchDesk } from '../../tools/start/launch.ts'
import type { RunningDesk } from '../../tools/start/launch.ts'
import { Authenticator } from '../support/authenticator'
import { writeDeskFiles } from '../support/config-file'
import { startDovecot } from '../support/dovecot'
import type { TestMailbox } from '../support/dovecot'
import { startExim } from '../support/exim'
import type { TestMailServer } from '../support/exim'
import { codeIn } from '../support/gateways'
import { startKannel } from '../support/kannel'
import type { TestSms } from '../support/kannel'
import { organisation } from '../support/organisation'
import type { TestDirectory } from '../support/organisation'
import { startSlapd } from '../support/slapd'
import { serveAuthenticator } from '../support/software-authenticator-socket'
import type { ServedAuthenticator } from '../support/software-authenticator-socket'
import { startVoiceSink } from '../support/voice-sink'
import type { VoiceSink } from '../support/voice-sink'
import { attestInPerson, enterByPhone } from './support/method-cases'
import { methodSections } from './support/method-sections'
import { MethodScreens } from './support/method-screens'
import { Inspection } from './support/inspection'
import { wordsIn } from './support/words'

const pictures = process.env['SSPR_DESK_PICTURES'] ?? null
const password = organisation.password
const agent = { userId: 'sato.misaki', password }
const approver = { userId: 'takahashi.yumi', password }
const admin = { userId: 'tanaka.hiroshi', password }
const names = { agent: '佐藤 美咲', approver: '高橋 由美', admin: '田中 宏' } as const
const hanako = '山田 花子'
const yuto = '小川 悠斗'
const kenta = '伊藤 健太'
const mobile = '+819055501234'
const home = '+815012345678'
const imported = '+819055509876'
const pin = 'Sakura-2026'
const answer = (number: number): string => `さくら答え${number}番`
const aDay = 24 * 60 * 2

let directory: TestDirectory
let mailbox: TestMailbox
let mailServer: TestMailServer
let sms: TestSms
let voice: VoiceSink

test.beforeAll(async () => {
  test.setTimeout(180_000)
  ;[directory, mailbox, sms, voice] = await Promise.all([
    startSlapd(),
    startDovecot(),
    startKannel(),
    startVoiceSink('asterisk'),
  ])
  mailServer = await startExim({ mailbox })
})

test.afterAll(async () => {
  await Promise.all([directory.stop(), mailServer.stop(), sms.stop(), voice.stop()])
  await mailbox.stop()
})

for (const language of ['ja', 'en'] as const) {
  test.describe(`all six methods looked at in ${language}`, () => {
    test.describe.configure({ mode: 'serial', timeout: 180_000 })

    const words = wordsIn(language)
    const inspection = new Inspection({ label: `${language}-methods`, pictures })
    const apps = new Map<string, Authenticator>()
    let folder: string
    let key: ServedAuthenticator
    let desk: RunningDesk
    let screens: MethodScreens
    let answers: ReadonlyMap<string, string> = new Map()

    const look = (name: string): Promise<void> => inspection.look(desk.page, name)
    const press = (chord: string): Promise<void> => desk.page.keyboard.press(chord)
    const text = (wordsKey: string, params: Record<string, string | number> = {}): Locator =>
      desk.page.getByText(words(wordsKey, params)).filter({ visible: true }).first()
    const dialog = (): Locator => desk.page.getByRole('dialog')
    const radio = (wordsKey: string): Locator => dialog().getByRole('radio', { name: words(wordsKey), exact: true })
    const lookAtPanel = async (name: string): Promise<void> => {
      await screens.panel.scrollIntoViewIfNeeded()
      await look(name)
    }
    async function closeDialog(): Promise<void> {
      await press('Escape')
      await expect(dialog()).toHaveCount(0)
    }

    async function workAs(operator: { readonly userId: string; readonly password: string }): Promise<void> {
      await screens.signIn(operator)
      await screens.signedIn()
    }

    async function anotherDay(clockOffset: string): Promise<void> {
      await desk.restart({ clockOffset })
      screens = new MethodScreens(desk.page, words)
    }

    async function registerApp(name: string): Promise<void> {
      await screens.registerApp(approver, (typedKey) => {
        const authenticator = new Authenticator(typedKey)
        apps.set(name, authenticator)
        return authenticator.code()
      })
    }

    async function appCode(name: string, days: number): Promise<string> {
      const app = apps.get(name)
      if (app === undefined) throw new Error(`${name} has no app`)
      return app.code(days * aDay)
    }

    async function newestMailCode(after: number): Promise<string> {
      await expect.poll(async () => (await mailbox.messages()).length, { timeout: 20_000 }).toBeGreaterThan(after)
      const { text: body = '' } = await simpleParser((await mailbox.messages()).at(-1) ?? '')
      return codeIn(body)
    }

    test.beforeAll(async () => {
      test.setTimeout(60_000)
      folder = mkdtempSync(path.join(tmpdir(), 'sspr-desk-looks-'))
      const securityKeySocket = path.join(folder, 'key.sock')
      key = await serveAuthenticator(securityKeySocket, { pin })
      const sections = methodSections(folder, { sms, voice, mailServer, directory })
      const files = writeDeskFiles(folder, directory, '桜製作所', {
        ...sections,
        policy: { methodsRequired: 2, failureLimit: 20 },
      })
      desk = await launchDesk({ ...files, userDataDir: path.join(folder, 'data'), locale: language, securityKeySocket })
      screens = new MethodScreens(desk.page, words)
      await screens.makeInstallationKey()
      await workAs(agent)
    })

    // eslint-disable-next-line no-empty-pattern -- Playwright wants a destructured first argument
    test.afterEach(async ({}, testInfo) => {
      if (testInfo.status === testInfo.expectedStatus || desk.page.isClosed()) return
      await desk.page.screenshot({ path: testInfo.outputPath('screen.png') })
    })

    test.afterAll(async () => {
      await desk.close()
      await key.stop()
      rmSync(folder, { recursive: true, force: true })
    })

    test('what can be registered, and codes on their way', async () => {
      await screens.openPerson('やまだ', hanako)
      await screens.button('people.card.registerApp').click()
      for (const type of ['app', 'mobile', 'alternative', 'office', 'key', 'mail', 'questions'] as const) {
        await radio(`registration.type.${type}`).check()
        await look(`register-${type}`)
      }
      await radio('registration.type.office').check()
      await dialog()
        .getByRole('textbox', { name: words('registration.phone.extension') })
        .fill('12a')
      await screens.button('registration.submit.voice', {}, dialog()).click()
      await look('register-office-incomplete')
      await closeDialog()

      await registerApp(hanako)
      const messages = sms.messages().length
      await screens.registerPhone(approver, '090-5550-1234', async () =>
        codeIn((await sms.waitForMessage(mobile, messages)).text),
      )

      voice.outcome('slow')
      const calls = voice.calls().length
      await screens.startRegistration('alternative', 'Home', approver)
      await dialog()
        .getByRole('textbox', { name: words('registration.phone.number') })
        .fill(home)
      await radio('registration.channel.voice').check()
      await screens.button('registration.submit.voice', {}, dialog()).click()
      await expect(text('registration.code.delivery.voice.ringing')).toBeVisible()
      await look('call-rings')
      await screens.typeSentCode('voice', dialog(), async () => {
        await expect.poll(() => voice.calls().length).toBeGreaterThan(calls)
        return voice.calls().at(-1)?.code ?? ''
      })
      await expect(text('registration.done.title.alternative')).toBeVisible()
      await look('alternative-done')
      await screens.endRegistration('alternative', dialog())

      voice.outcome('refused')
      await screens.startRegistration('office', '03', approver)
      await dialog()
        .getByRole('textbox', { name: words('registration.phone.number') })
        .fill('03-5550-1042')
      await screens.button('registration.submit.voice', {}, dialog()).click()
      await expect(dialog().getByRole('alert').first()).toBeVisible({ timeout: 30_000 })
      await look('call-refused')
      await closeDialog()
      voice.outcome('no-answer')
      await screens.startRegistration('office', '03', approver)
      await dialog()
        .getByRole('textbox', { name: words('registration.phone.number') })
        .fill('03-5550-1043')
      await screens.button('registration.submit.voice', {}, dialog()).click()
      await expect(text('registration.code.delivery.voice.no-answer')).toBeVisible({ timeout: 20_000 })
      await look('call-not-answered')
      await closeDialog()
      voice.outcome('answered')

      await screens.startRegistration('mail', 'Work', approver)
      await dialog()
        .getByRole('textbox', { name: words('registration.mail.address') })
        .fill('hanako@sakura.example')
      await screens.button('registration.submit.mail', {}, dialog()).click()
      await expect(text('registration.mail.ownDomain')).toBeVisible()
      await look('own-domain')
      await closeDialog()
      await expect(text('registration.cancelled.code')).toBeVisible()
      await look('registration-cancelled')
      const mails = (await mailbox.messages()).length
      await screens.registerMail(approver, 'desk@lab.test', () => newestMailCode(mails))
    })

    test('a security key, from the socket to the touch', async () => {
      await key.unplug()
      await screens.startRegistration('key', 'Blue key', approver)
      await screens.button('registration.submit.key', {}, dialog()).click()
      await expect(text('securityKey.step.insert')).toBeVisible()
      await look('key-insert')
      await key.plug()
      await expect(text('securityKey.step.pin')).toBeVisible()
      await look('key-pin')
      await screens.typePin('1')
      await expect(text('securityKey.pin.short')).toBeVisible()
      await screens.typePin('0000-wrong')
      await expect(text('securityKey.pin.wrongLeft', { count: 7 })).toBeVisible()
      await look('key-pin-wrong')
      await screens.typePin(pin)
      await expect(text('securityKey.step.touch')).toBeVisible()
      await look('key-touch')
      await key.unplug()
      await expect(screens.button('registration.key.retry')).toBeVisible({ timeout: 20_000 })
      await look('key-lost')
      await key.plug()
      await screens.button('registration.key.retry').click()
      await screens.typePin(pin)
      await key.touch()
      await expect(text('registration.done.title.key')).toBeVisible({ timeout: 20_000 })
      await look('key-done')
      await screens.endRegistration('key', dialog())
    })

    test('answers to questions, with what is wrong in them', async () => {
      await screens.startRegistration('questions', '', approver)
      await screens.button('registration.submit.questions', {}, dialog()).click()
      await expect(text('questions.answers.lookAway')).toBeVisible()
      await look('questions')
      const put = async (number: number, given: string): Promise<void> => {
        await dialog()
          .getByLabel(words('questions.answers.question', { number }), { exact: true })
          .selectOption({ index: number })
        await dialog().getByLabel(words('questions.answers.answer', { number }), { exact: true }).fill(given)
      }
      for (const [index, given] of ['あ', 'さくら', 'さくら', 'yamada.hanako'].entries()) await put(index + 1, given)
      await screens.button('questions.answers.submit', {}, dialog()).click()
      await look('questions-faulty')
      await dialog()
        .getByRole('checkbox', { name: words('questions.answers.show') })
        .check()
      await look('questions-shown')
      await screens.button('registration.cancel', {}, dialog()).click()
      await expect(dialog()).toHaveCount(0)
      answers = await screens.registerQuestions(approver, answer)
    })

    test('a card with all of them, and what can be done with one', async () => {
      await expect(text('registration.summary.ready')).toBeVisible()
      await screens.button('registration.summary.actions', { label: 'Home' }).scrollIntoViewIfNeeded()
      await look('card')
      const act = async (wordsKey: string): Promise<void> => {
        await screens.button('registration.summary.actions', { label: 'Home' }).click()
        await desk.page.getByRole('menuitem', { name: words(wordsKey) }).click()
      }
      await screens.button('registration.summary.actions', { label: 'Home' }).click()
      await expect(desk.page.getByRole('menu')).toBeVisible()
      await look('card-menu')
      await press('Escape')
      await act('registration.summary.rename')
      await look('rename')
      await closeDialog()
      await act('registration.removal.start')
      await look('remove')
      await closeDialog()
      await screens.openPerson('おがわ', yuto)
      await registerApp(yuto)
      await screens.registerKey(approver, pin, () => key.touch())
      await screens.button('people.card.registerApp').click()
      await look('register-privileged')
      await closeDialog()
      await screens.signOut(names.agent)
    })

    test('an administrator imports, reveals, exports and sets up', async () => {
      await workAs(admin)
      await screens.goTo('people')
      await screens.button('imports.start').click()
      await look('import')
      const file = path.join(folder, '電話番号と連絡先_2026年度.csv')
      const rows = [
        'userId,type,value,extension,label',
        'ito.kenta,mobile,090-5550-9876,,',
        'goto.riku,office,03-5550-1147,12,',
        'nobody.here,mobile,090-5550-0001,,',
        'goto.riku,mobile,12,,',
        'goto.riku,fax,03-5550-0001,,',
        'goto.riku,mail,not an address,,',
        'ito.kenta,mobile,090-5550-9876,,',
        'tanaka.hiroshi,mobile,090-5550-1028,,',
        'a.very.long.user.id.that.nobody.has.at.all@a-long-domain.example,mobile,090-5550-0002,,',
      ]
      writeFileSync(file, rows.join('\r\n'))
      await desk.openFrom(file)
      await screens.button('imports.file.choose').click()
      await expect(text('imports.check.list')).toBeVisible()
      await look('import-checked')
      await desk.page.getByRole('button', { name: words('imports.check.apply', { count: 2 }) }).click()
      await expect(text('imports.done.title')).toBeVisible()
      await look('import-done')
      await screens.button('common.close', {}, dialog()).last().click()
      await screens.button('imports.start').click()
      writeFileSync(file, [...rows.slice(0, 1), ...rows.slice(3, 6)].join('\r\n'))
      await screens.button('imports.file.choose').click()
      await expect(text('imports.check.none')).toBeVisible()
      await look('import-nothing')
      await closeDialog()

      await screens.openPerson('やまだ', hanako)
      await text('privacy.title').scrollIntoViewIfNeeded()
      await look('card-of-admin')
      await screens.button('registration.summary.actions', { label: 'Home' }).click()
      await desk.page.getByRole('menuitem', { name: words('registration.summary.reveal') }).click()
      await screens.button('privacy.reveal.submit', {}, dialog()).click()
      await look('reveal')
      await dialog().getByRole('textbox').fill('本人から登録番号の照会')
      await screens.button('privacy.reveal.submit', {}, dialog()).click()
      await expect(dialog().getByText(home)).toBeVisible()
      await look('revealed')
      await screens.button('privacy.reveal.hide', {}, dialog()).click()
      await look('revealed-over')
      await closeDialog()
      await desk.saveTo(path.join(folder, 'yamada.hanako.json'))
      await screens.button('privacy.export.start').click()
      await expect(
        text('privacy.export.done', { file: '' }).or(desk.page.getByText('yamada.hanako.json')),
      ).toBeVisible()
      await look('exported')

      await screens.goTo('settings')
      for (const section of ['sms', 'voice', 'mailOut', 'securityKey', 'policy', 'threat', 'questions'] as const) {
        await desk.page
          .getByRole('navigation', { name: words('settings.title') })
          .getByRole('button', { name: words(`settings.sections.${section}`), exact: true })
          .click()
        await expect(
          desk.page.getByRole('heading', { name: words(`settings.sections.${section}`), level: 2 }),
        ).toBeVisible()
        await look(`settings-${section}`)
      }
      await screens.button('questions.admin.add').click()
      await screens.button('questions.admin.save').click()
      await look('settings-questions-faulty')
      await screens.button('questions.admin.discard').click()
      await screens.signOut(names.admin)
    })

    test('another day in call mode, method by method', async () => {
      await anotherDay('8d')
      await workAs(agent)
      await enterByPhone(desk.page, 'yamada.hanako')
      await press('t')
      await desk.page.keyboard.type('やまだ')
      await desk.page.getByRole('option', { name: hanako }).click()
      await expect(screens.panel).toBeVisible()
      const seen = new Set<string>()
      for (let turn = 0; turn < 6; turn++) {
        const label = (await screens.panel.locator('p > .font-medium').first().innerText()).trim()
        if (seen.has(label)) break
        seen.add(label)
        await look(`call-${turn}`)
        if (turn === 1) {
          await press('Control+i')
          await look('call-by-voice')
          await press('Control+i')
          await look('call-back')
        }
        await press('Control+j')
      }
      expect(seen.size).toBeGreaterThan(3)
      await press('Escape')
      await press('Escape')
    })

    test('the checks of a caller: calls, call-backs, mails, questions', async () => {
      await screens.goTo('queue')
      await screens.requestOf(hanako).click()
      await expect(screens.methods).toBeVisible()
      await lookAtPanel('checks')
      voice.outcome('busy')
      await screens.use('Home')
      await screens.chooseWay('voice')
      await lookAtPanel('check-by-call')
      await screens.send('voice')
      await expect(text('verification.voice.delivery.busy')).toBeVisible({ timeout: 20_000 })
      await lookAtPanel('check-line-busy')
      await screens.use(mobile.slice(-4))
      await screens.chooseWay('call-back')
      await screens.button('verification.callBack.dial', {}, screens.panel).click()
      await expect(text('verification.callBack.dialled')).toBeVisible()
      await screens.button('verification.callBack.submit', {}, screens.panel).click()
      await lookAtPanel('check-call-back')
      await screens.use('Private')
      await lookAtPanel('check-mail')
      const mails = (await mailbox.messages()).length
      await screens.send('mail')
      const code = await newestMailCode(mails)
      await lookAtPanel('check-mail-sent')
      await screens.checkWrong(code === '000000' ? '000001' : '000000')
      await lookAtPanel('check-mail-wrong')
      await screens.checkCode(code)
      await expect(screens.passed('Private')).toBeVisible()
      await lookAtPanel('check-passed')
      await screens.use(words('verification.type.questions'))
      await lookAtPanel('check-questions')
      await screens.button('verification.questions.draw', {}, screens.panel).click()
      await screens.button('verification.questions.submit', {}, screens.panel).click()
      await lookAtPanel('check-questions-missing')
      await screens.answerQuestions(() => 'まちがい')
      await expect(text('verification.questions.noMatch')).toBeVisible()
      await lookAtPanel('check-questions-wrong')
      await screens.answerQuestions((question) => answers.get(question) ?? '')
      await expect(text('verification.need.satisfied')).toBeVisible()
      await lookAtPanel('check-satisfied')

      await screens.button('verification.reverse.open', {}, screens.panel).click()
      await look('prove-desk')
      await screens.button('verification.reverse.send', {}, dialog()).click()
      await expect(text('verification.reverse.code')).toBeVisible()
      await look('prove-desk-code')
      await screens.button('verification.reverse.close', {}, dialog()).click()
      await screens.button('verification.report.open', {}, screens.panel).click()
      await screens.button('verification.report.submit', {}, dialog()).click()
      await expect(text('verification.report.reasonMissing')).toBeVisible()
      await look('report')
      await dialog().getByRole('textbox').fill('名前を言えず、電話を切った')
      await screens.button('verification.report.submit', {}, dialog()).click()
      await expect(dialog()).toHaveCount(0)
      await look('reported')
      await enterByPhone(desk.page, 'yamada.hanako')
      await screens.requestOf(hanako).first().click()
      await expect(text('verification.failures.closedTitle')).toBeVisible()
      await lookAtPanel('report-banner')
    })

    test('an imported number, confirmed by its owner', async () => {
      await screens.openPerson('いとう', kenta)
      await expect(text('registration.summary.unconfirmed')).toBeVisible()
      await screens.button('registration.summary.actions', { label: words('registration.type.mobile') }).click()
      await look('card-unconfirmed')
      await desk.page.getByRole('menuitem', { name: words('registration.summary.confirmFirst') }).click()
      await look('confirm')
      const messages = sms.messages().length
      await screens.fillIdentity(dialog())
      await screens.fillApprover(dialog(), approver)
      await screens.button('registration.submit.sms', {}, dialog()).click()
      await expect(dialog().getByLabel(words('registration.code.label.sms'))).toBeVisible()
      await look('confirm-code')
      await screens.typeSentCode('sms', dialog(), async () =>
        codeIn((await sms.waitForMessage(imported, messages)).text),
      )
      await expect(dialog()).toHaveCount(0)
      await look('confirmed')
    })

    test('a privileged person, agreed by an approver', async () => {
      await enterByPhone(desk.page, 'ogawa.yuto')
      await screens.goTo('queue')
      await screens.requestOf(yuto).click()
      await expect(text('verification.blocked.privileged-by-phone')).toBeVisible()
      await look('privileged-by-phone')
      await screens.refuse('来てもらう')
      await screens.enterRequest({ query: 'おがわ', name: yuto, channel: 'walk-in', reason: 'forgot' })
      await screens.use('Pixel 9')
      await screens.checkCode(await appCode(yuto, 8))
      await expect(screens.passed('Pixel 9')).toBeVisible()
      await lookAtPanel('check-key')
      await screens.startKey()
      await screens.typePin('0000-wrong')
      await expect(text('securityKey.pin.wrongLeft', { count: 7 })).toBeVisible()
      await look('check-key-pin-wrong')
      await screens.typePin(pin)
      await expect(text('securityKey.step.touch')).toBeVisible()
      await look('check-key-touch')
      await key.touch()
      await expect(screens.passed('Blue key')).toBeVisible()
      await lookAtPanel('identity-wanted')
      await screens.button('verification.attest.start').click()
      await screens.button('verification.attest.submit', {}, dialog()).click()
      await look('identity-incomplete')
      await closeDialog()
      await screens.attestInPerson()
      await expect(screens.button('verification.proofs.approve')).toBeVisible()
      await lookAtPanel('approver-awaited')
      await screens.button('verification.proofs.approve').click()
      await look('approver-here')
      await closeDialog()
      await attestInPerson(desk.page, 'goto.riku', '名札と社員証の写真を見た')
      await screens.signOut(names.agent)

      await workAs(approver)
      await attestInPerson(desk.page, 'hasegawa.yui', '')
      await screens.goTo('approvals')
      const list = desk.page.getByRole('list', { name: words('approvals.list') })
      for (const [name, state] of [
        [yuto, 'privileged'],
        ['後藤 陸', 'in-person'],
        ['長谷川 結衣', 'own-case'],
      ] as const) {
        await list.getByText(name).first().click()
        await expect(desk.page.getByRole('article', { name })).toBeVisible()
        await look(`approvals-${state}`)
      }
      await list.getByText('後藤 陸').first().click()
      await press('a')
      await expect(dialog()).toBeVisible()
      await look('approve')
      await closeDialog()
      await press('x')
      await screens.button('approvals.refuse.confirm', {}, dialog()).click()
      await look('refuse-approval')
      await closeDialog()
      await screens.signOut(names.approver)
    })

    test('heightened threat, for those who switch it and those who work under it', async () => {
      await anotherDay('10d')
      await workAs(admin)
      await screens.goTo('settings')
      await press('Control+k')
      await desk.page.getByRole('combobox').last().fill(words('threat.title'))
      await look('threat-in-palette')
      await press('Enter')
      await screens.button('threat.begin.confirm', {}, dialog()).click()
      await look('threat-begin')
      await dialog().getByRole('textbox').fill('今朝から偽の社員を名乗る電話が続いているため')
      await screens.button('threat.begin.confirm', {}, dialog()).click()
      await expect(text('threat.banner.title')).toBeVisible()
      await expect(dialog()).toHaveCount(0)
      await look('threat-on')
      await screens.signOut(names.admin)

      await workAs(agent)
      await screens.enterRequest({ query: 'いとう', name: kenta, channel: 'walk-in', reason: 'forgot' })
      await lookAtPanel('threat-checks')
      await screens.requestOf(hanako).click()
      await expect(text('verification.blocked.heightened-by-phone')).toBeVisible()
      await screens.refuse('窓口に来てもらう')
      await screens.enterRequest({ query: 'やまだ', name: hanako, channel: 'walk-in', reason: 'forgot' })
      await screens.use('Pixel 9')
      await screens.checkCode(await appCode(hanako, 10))
      await expect(screens.passed('Pixel 9')).toBeVisible()
      await screens.use('Blue key')
      await screens.startKey()
      await screens.typePin(pin)
      await key.touch()
      await expect(screens.passed('Blue key')).toBeVisible()
      await lookAtPanel('agreement-wanted')
      await screens.button('verification.agreement.open', {}, screens.panel).click()
      await look('agreement')
      await dialog().getByRole('textbox').fill('本人が窓口に来ています。社員証は確認済みです。')
      await screens.button('verification.agreement.submit', {}, dialog()).click()
      await expect(screens.button('verification.proofs.approve')).toBeVisible()
      await lookAtPanel('agreement-awaited')
      await press('t')
      await desk.page.keyboard.type('もり')
      await desk.page.getByRole('option', { name: '森 香奈' }).click()
      await expect(text('verification.blocked.heightened-by-phone')).toBeVisible()
      await look('threat-call')
      await press('Escape')
      await screens.signOut(names.agent)
      await workAs(admin)
      await screens.switchThreat('off', '解除')
    })

    test('half a year later: due for confirmation, then erased', async () => {
      await anotherDay('190d')
      await workAs(agent)
      await screens.openPerson('やまだ', hanako)
      await expect(text('registration.summary.due')).toBeVisible()
      await screens.button('registration.summary.actions', { label: 'Home' }).scrollIntoViewIfNeeded()
      await look('card-due')
      await screens.button('registration.summary.actions', { label: 'Home' }).click()
      await desk.page.getByRole('menuitem', { name: words('registration.summary.confirmAgain') }).click()
      await look('confirm-again')
      await closeDialog()
      await screens.signOut(names.agent)

      await workAs(admin)
      await screens.openPerson('やまだ', hanako)
      const erase = async (): Promise<void> => {
        await screens.button('privacy.erase.start').click()
        await dialog().getByLabel(words('privacy.erase.userId')).fill('yamada.hanako')
        await dialog().getByLabel(words('privacy.reason')).fill('退職に伴う本人からの消去依頼')
        await screens.button('privacy.erase.next', {}, dialog()).click()
        await screens.fillApprover(dialog(), approver)
        await screens.button('privacy.erase.submit', {}, dialog()).click()
      }
      await screens.button('privacy.erase.start').click()
      await dialog().getByLabel(words('privacy.erase.userId')).fill('yamada')
      await screens.button('privacy.erase.next', {}, dialog()).click()
      await look('erase')
      await dialog().getByLabel(words('privacy.erase.userId')).fill('yamada.hanako')
      await dialog().getByLabel(words('privacy.reason')).fill('退職に伴う本人からの消去依頼')
      await screens.button('privacy.erase.next', {}, dialog()).click()
      await look('erase-approver')
      await closeDialog()
      await erase()
      await expect(text('privacy.erase.openRequestNext')).toBeVisible()
      await look('erase-refused')
      await closeDialog()
      await screens.signOut(names.admin)
      await workAs(agent)
      await screens.goTo('queue')
      await screens.requestOf(hanako).click()
      await screens.refuse('本人から取り下げ')
      await screens.signOut(names.agent)
      await workAs(admin)
      await screens.openPerson('やまだ', hanako)
      await erase()
      await expect(text('privacy.erase.done')).toBeVisible()
      await look('erase-done')
      await closeDialog()
      await text('privacy.erased').scrollIntoViewIfNeeded()
      await look('erased')
      await screens.signOut(names.admin)
      await workAs(approver)
      await screens.goTo('approvals')
      await expect(text('approvals.empty.title')).toBeVisible()
      await look('approvals-none')
    })

    test('without a fault in any of them', () => {
      expect(inspection.states).toBeGreaterThan(80)
      expect(inspection.faults).toEqual([])
    })
  })
}
