import { expect } from 'playwright/test'
import type { Locator } from 'playwright/test'
import type { CodeChannel, MethodWay } from '../../../src/shared/model/verification'
import type { Credentials } from './screens'
import { Screens } from './screens'

/** The screens of all six methods: registering them, and checking a caller by them. */
export class MethodScreens extends Screens {
  get panel(): Locator {
    return this.page.getByRole('region', { name: this.words('verification.title') })
  }

  /** A second number, reached by a call that speaks the code. */
  async registerByCall(approver: Credentials, number: string, readCode: () => Promise<string>): Promise<void> {
    const dialog = await this.startRegistration('alternative', 'Home', approver)
    await dialog.getByRole('textbox', { name: this.words('registration.phone.number') }).fill(number)
    await dialog.getByRole('radio', { name: this.words('registration.channel.voice'), exact: true }).check()
    await this.button('registration.submit.voice', {}, dialog).click()
    await this.typeSentCode('voice', dialog, readCode)
    await this.endRegistration('alternative', dialog)
  }

  async registerMail(approver: Credentials, address: string, readCode: () => Promise<string>): Promise<void> {
    const dialog = await this.startRegistration('mail', 'Private', approver)
    await dialog.getByRole('textbox', { name: this.words('registration.mail.address') }).fill(address)
    await this.button('registration.submit.mail', {}, dialog).click()
    await this.typeSentCode('mail', dialog, readCode)
    await this.endRegistration('mail', dialog)
  }

  /** The person types the answers, `answerTo` by the number of the question; answers them by the question's words. */
  async registerQuestions(
    approver: Credentials,
    answerTo: (number: number) => string,
  ): Promise<ReadonlyMap<string, string>> {
    const answers = new Map<string, string>()
    const dialog = await this.startRegistration('questions', '', approver)
    await this.button('registration.submit.questions', {}, dialog).click()
    for (let number = 1; number <= 5; number++) {
      const question = dialog.getByLabel(this.words('questions.answers.question', { number }), { exact: true })
      await question.selectOption({ index: number })
      const text = await question.locator('option:checked').textContent()
      answers.set(text?.trim() ?? '', answerTo(number))
      await dialog
        .getByLabel(this.words('questions.answers.answer', { number }), { exact: true })
        .fill(answerTo(number))
    }
    await this.button('questions.answers.submit', {}, dialog).click()
    await this.endRegistration('questions', dialog)
    return answers
  }

  async registerKey(approver: Credentials, pin: string, touch: () => Promise<void>): Promise<void> {
    const dialog = await this.startRegistration('key', 'Blue key', approver)
    await this.button('registration.submit.key', {}, dialog).click()
    await this.typePin(pin)
    await touch()
    await this.endRegistration('key', dialog)
  }

  /** What the owner of a key does when it asks for its PIN. */
  async typePin(pin: string): Promise<void> {
    await this.page.getByLabel(this.words('securityKey.pin.label')).fill(pin)
    await this.button('securityKey.pin.submit').click()
  }

  /** One method in the checking panel, by its name. */
  method(label: string): Locator {
    return this.methods.getByRole('listitem').filter({ hasText: label })
  }

  get methods(): Locator {
    return this.panel.getByRole('list', { name: this.words('verification.methods.title') })
  }

  /** A check that has passed for this request, by the name of its method. */
  passed(label: string): Locator {
    return this.panel
      .getByRole('listitem')
      .filter({ hasText: label })
      .filter({ hasText: this.words('verification.proofs.state.valid') })
  }

  /** Makes this method the one that is asked for, unless it is already. */
  async use(label: string): Promise<void> {
    const button = this.button('verification.methods.use', {}, this.method(label))
    await expect(this.method(label)).toBeVisible()
    if (await button.isVisible()) await button.click()
  }

  async chooseWay(way: MethodWay['way']): Promise<void> {
    await this.panel.getByRole('radio', { name: this.words(`verification.way.${way}`), exact: true }).check()
  }

  async send(channel: CodeChannel): Promise<void> {
    await this.button(`verification.${channel}.send`, {}, this.panel).click()
  }

  /** A code that does not match: the panel says so. */
  async checkWrong(code: string): Promise<void> {
    await this.checkCode(code)
    await expect(this.panel.getByText(this.words('verification.code.noMatch')).first()).toBeVisible()
  }

  async startKey(): Promise<void> {
    await this.button('verification.securityKey.start', {}, this.panel).click()
  }

  async drawQuestions(): Promise<void> {
    await this.button('verification.questions.draw', {}, this.panel).click()
  }

  /** Types an answer to each question that is shown, once the desk has drawn them: after wrong ones it draws others by itself. */
  async answerQuestions(answerTo: (question: string) => string): Promise<void> {
    const submit = this.button('verification.questions.submit', {}, this.panel)
    await expect(this.button('verification.questions.draw', {}, this.panel)).toBeHidden()
    await expect(submit).toBeVisible()
    await expect(this.panel.locator('form').getByRole('textbox').first()).toHaveValue('')
    for (const field of await this.panel.locator('form').getByRole('textbox').all()) {
      const name = await field.evaluate((element) => (element as HTMLInputElement).labels?.[0]?.textContent ?? '')
      await field.fill(answerTo(name.trim()))
    }
    await submit.click()
  }

  /** Sends the caller a code that the desk reads out, and answers what the agent sees of it. */
  async reverseCheck(): Promise<string> {
    await this.button('verification.reverse.open', {}, this.panel).click()
    const dialog = this.dialog(this.words('verification.reverse.title'))
    await this.button('verification.reverse.send', {}, dialog).click()
    const code = dialog.getByRole('status').filter({ hasText: /^[0-9A-Z]{4,6}$/u })
    await expect(code).toBeVisible()
    const shown = (await code.innerText()).trim()
    await this.button('verification.reverse.close', {}, dialog).click()
    return shown
  }

  async release(): Promise<void> {
    await this.action('release').click()
    const dialog = this.page.getByRole('dialog')
    await this.button('requests.release.confirm', {}, dialog).click()
    await expect(dialog).toBeHidden()
  }

  async refuse(reason: string): Promise<void> {
    await this.action('refuse').click()
    const dialog = this.page.getByRole('dialog')
    await dialog.getByRole('textbox').fill(reason)
    await this.button('requests.refuse.confirm', {}, dialog).click()
    await expect(dialog).toBeHidden()
  }

  /** The approver who is signed in agrees to what waits for this person. */
  async approveWaiting(name: string): Promise<void> {
    const list = this.page.getByRole('list', { name: this.words('approvals.list') })
    await list.getByText(name).first().click()
    const detail = this.page.getByRole('article', { name })
    await this.button('approvals.approve.open', {}, detail).first().click()
    const dialog = this.page.getByRole('dialog')
    await this.button('approvals.approve.confirm', {}, dialog).click()
    await expect(this.page.getByText(this.words('approvals.approve.done', { name }))).toBeVisible()
  }

  /** Through the command palette, as from every screen. */
  async switchThreat(to: 'on' | 'off', reason: string): Promise<void> {
    const kind = to === 'on' ? 'begin' : 'end'
    await this.page.keyboard.press('Control+k')
    await this.page.getByRole('combobox').last().fill(this.words('threat.title'))
    await this.page.keyboard.press('Enter')
    const dialog = this.dialog(this.words(`threat.${kind}.title`))
    await dialog.getByRole('textbox').fill(reason)
    await this.button(`threat.${kind}.confirm`, {}, dialog).click()
    await expect(dialog).toBeHidden()
  }

  async erasePerson(person: {
    readonly name: string
    readonly userId: string
    readonly reason: string
    readonly approver: Credentials
  }): Promise<void> {
    await this.button('privacy.erase.start').click()
    const dialog = this.dialog(this.words('privacy.erase.title', { name: person.name }))
    await dialog.getByLabel(this.words('privacy.erase.userId')).fill(person.userId)
    await dialog.getByLabel(this.words('privacy.reason')).fill(person.reason)
    await this.button('privacy.erase.next', {}, dialog).click()
    await this.fillApprover(dialog, person.approver)
    await this.button('privacy.erase.submit', {}, dialog).click()
    await expect(dialog.getByText(this.words('privacy.erase.done'))).toBeVisible()
    await this.page.keyboard.press('Escape')
    await expect(dialog).toBeHidden()
  }
}
