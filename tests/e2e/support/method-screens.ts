import { expect } from 'playwright/test'
import type { Locator } from 'playwright/test'
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
    await dialog.getByRole('radio', { name: this.words('registration.channel.voice') }).check()
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

  /** The person types the answers: `answerTo` by the number of the question. */
  async registerQuestions(approver: Credentials, answerTo: (number: number) => string): Promise<void> {
    const dialog = await this.startRegistration('questions', '', approver)
    await this.button('registration.submit.questions', {}, dialog).click()
    for (let number = 1; number <= 5; number++) {
      const question = dialog.getByLabel(this.words('questions.answers.question', { number }), { exact: true })
      await question.selectOption({ index: number })
      await dialog
        .getByLabel(this.words('questions.answers.answer', { number }), { exact: true })
        .fill(answerTo(number))
    }
    await this.button('questions.answers.submit', {}, dialog).click()
    await this.endRegistration('questions', dialog)
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
    return this.panel.getByRole('listitem').filter({ hasText: label })
  }
}
