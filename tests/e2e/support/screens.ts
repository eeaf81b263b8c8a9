import { expect } from 'playwright/test'
import type { Locator, Page } from 'playwright/test'
import type { CodeChannel, MethodType } from '../../../src/shared/model/verification'
import type { Words } from './words'

/** What a new request says. */
export interface NewRequest {
  /** Typed into the search: a part of the name or its reading. */
  readonly query: string
  readonly name: string
  readonly channel: 'phone' | 'walk-in'
  readonly reason: 'forgot' | 'never-got' | 'locked-out'
  readonly note?: string
}

export interface Credentials {
  readonly userId: string
  readonly password: string
}

/**
 * The screens as the people of a story use them: everything is found by role and label, in the words of the language
 * that the screens are shown in.
 */
export class Screens {
  readonly page: Page
  readonly words: Words

  constructor(page: Page, words: Words) {
    this.page = page
    this.words = words
  }

  button(key: string, params: Record<string, string | number> = {}, within: Locator | Page = this.page): Locator {
    return within.getByRole('button', { name: this.words(key, params) })
  }

  dialog(title: string): Locator {
    return this.page.getByRole('dialog', { name: title })
  }

  /** First start: makes the installation key and answers the recovery key that is shown once. */
  async makeInstallationKey(): Promise<string> {
    await this.button('setup.vault.create').click()
    const sheet = this.page.getByLabel(this.words('setup.recovery.label'), { exact: true })
    const recoveryKey = (await sheet.innerText()).replaceAll(/\s+/gu, '-')
    const lastGroup = recoveryKey.split('-').at(-1) ?? ''
    await this.page.getByLabel(this.words('setup.recovery.confirmLabel')).fill(lastGroup)
    await this.button('setup.recovery.confirm').click()
    return recoveryKey
  }

  async signIn({ userId, password }: Credentials): Promise<void> {
    await this.page.getByLabel(this.words('session.signIn.userId'), { exact: true }).fill(userId)
    await this.page.getByLabel(this.words('session.signIn.password'), { exact: true }).fill(password)
    await this.button('session.signIn.submit').click()
  }

  async signedIn(): Promise<void> {
    await expect(this.page.getByRole('navigation', { name: this.words('shell.nav.label') })).toBeVisible()
  }

  async goTo(screen: 'queue' | 'people' | 'approvals' | 'audit' | 'settings'): Promise<void> {
    const rail = this.page.getByRole('navigation', { name: this.words('shell.nav.label') })
    await rail.getByRole('link', { name: this.words(`shell.nav.${screen}`) }).click()
  }

  async signOut(name: string): Promise<void> {
    await this.page.getByRole('banner').getByRole('button', { name }).click()
    await this.page.getByRole('menuitem', { name: this.words('shell.operator.signOut') }).click()
    await expect(this.button('session.signIn.submit')).toBeVisible()
  }

  /** Finds a person by typing, and opens their card. */
  async openPerson(query: string, name: string): Promise<void> {
    await this.goTo('people')
    await this.page.getByRole('combobox', { name: this.words('people.search.label') }).fill(query)
    await this.page.getByRole('option', { name }).first().click()
    await expect(this.page.getByRole('region', { name: this.words('people.card.label', { name }) })).toBeVisible()
  }

  /** Registers an authenticator app in person; `codeFor` computes the code of the typed key. */
  async registerApp(approver: Credentials, codeFor: (typedKey: string) => Promise<string>): Promise<void> {
    const dialog = await this.startRegistration('app', 'Pixel 9', approver)
    await this.button('registration.submit.app', {}, dialog).click()
    await expect(dialog.getByRole('img', { name: this.words('registration.scan.qrLabel') })).toBeVisible()
    const typedKey = await dialog.getByText(/^[A-Z2-7]{4}(?: [A-Z2-7]{1,4})+$/u).innerText()
    await dialog.getByLabel(this.words('registration.scan.code')).fill(await codeFor(typedKey))
    await this.button('registration.scan.confirm', {}, dialog).click()
    await this.endRegistration('app', dialog)
  }

  /** Registers a mobile number in person; `readCode` reads the code that was sent to it. */
  async registerPhone(approver: Credentials, number: string, readCode: () => Promise<string>): Promise<void> {
    const dialog = await this.startRegistration('mobile', 'Mobile', approver)
    await dialog.getByRole('textbox', { name: this.words('registration.phone.number') }).fill(number)
    await this.button('registration.submit.sms', {}, dialog).click()
    await this.typeSentCode('sms', dialog, readCode)
    await this.endRegistration('mobile', dialog)
  }

  /** Opens the dialog, chooses what to register and fills in who agrees to it. */
  async startRegistration(type: MethodType, label: string, approver: Credentials): Promise<Locator> {
    await this.button('people.card.registerApp').click()
    const dialog = this.dialog(this.words('registration.title'))
    await dialog.getByRole('radio', { name: this.words(`registration.type.${type}`), exact: true }).check()
    await this.fillIdentity(dialog)
    if (label !== '') await dialog.getByLabel(this.words('registration.identity.label')).fill(label)
    await this.fillApprover(dialog, approver)
    // Where the directory holds a number or an address, another one is typed all the same.
    const another = dialog.getByRole('radio', { name: this.words('registration.offer.type') })
    if (await another.isVisible()) await another.check()
    return dialog
  }

  async typeSentCode(channel: CodeChannel, dialog: Locator, readCode: () => Promise<string>): Promise<void> {
    const field = dialog.getByLabel(this.words(`registration.code.label.${channel}`))
    await expect(field).toBeVisible()
    await field.fill(await readCode())
    await this.button('registration.scan.confirm', {}, dialog).click()
  }

  async endRegistration(type: MethodType, dialog: Locator): Promise<void> {
    await expect(dialog.getByText(this.words(`registration.done.title.${type}`))).toBeVisible()
    await this.button('registration.close', {}, dialog).first().click()
    await expect(dialog).toBeHidden()
  }

  /** One request in the list of the queue, by whose it is. */
  requestOf(name: string): Locator {
    const list = this.page.getByRole('listbox', { name: this.words('requests.list.label') })
    return list.getByRole('option').filter({ hasText: name })
  }

  /** The other list of the queue: mails that wait for a person. */
  async openMails(): Promise<void> {
    await this.#tab('requests.tabs.mails')
  }

  async openRequests(): Promise<void> {
    await this.#tab('requests.tabs.requests')
  }

  async #tab(key: string): Promise<void> {
    await this.page
      .getByRole('group', { name: this.words('requests.tabs.label') })
      .getByRole('button', { name: new RegExp(`^${this.words(key)}`, 'u') })
      .click()
  }

  /** Unfolds the newest mail behind the open request. */
  async showMail(subject: string): Promise<void> {
    await this.page.locator('summary').filter({ hasText: subject }).last().click()
  }

  /** A lost telephone: takes its method away, in person and with an approver. */
  async removeMethod(label: string, approver: Credentials): Promise<void> {
    await this.button('registration.summary.actions', { label }).click()
    await this.page.getByRole('menuitem', { name: this.words('registration.removal.start') }).click()
    const dialog = this.dialog(this.words('registration.removal.title', { label }))
    await this.fillIdentity(dialog)
    await this.fillApprover(dialog, approver)
    await this.button('registration.removal.submit', {}, dialog).click()
    await expect(dialog).toBeHidden()
    await expect(this.page.getByText(this.words('registration.removal.done', { label }))).toBeVisible()
  }

  async fillIdentity(dialog: Locator): Promise<void> {
    await dialog
      .getByLabel(this.words('registration.identity.document'))
      .selectOption({ label: this.words('verification.attest.documents.employee-card') })
    await dialog.getByLabel(this.words('registration.identity.photoMatches')).check()
    await dialog.getByLabel(this.words('registration.identity.nameMatches')).check()
  }

  async fillApprover(dialog: Locator, approver: Credentials): Promise<void> {
    await dialog.getByLabel(this.words('verification.approver.userId')).fill(approver.userId)
    await dialog.getByLabel(this.words('verification.approver.password'), { exact: true }).fill(approver.password)
  }

  /** Enters a request and claims it. */
  async enterRequest(request: NewRequest): Promise<void> {
    await this.goTo('queue')
    await this.button('requests.action.new').first().click()
    const dialog = this.dialog(this.words('requests.create.title'))
    await dialog.getByRole('combobox', { name: this.words('requests.create.person') }).fill(request.query)
    await dialog.getByRole('option', { name: request.name }).first().click()
    await dialog.getByRole('radio', { name: this.words(`requests.channel.${request.channel}`) }).check()
    await dialog.getByRole('radio', { name: this.words(`requests.reason.${request.reason}`) }).check()
    if (request.note !== undefined) await dialog.getByLabel(this.words('requests.create.note')).fill(request.note)
    await this.button('requests.create.submit', {}, dialog).click()
    await expect(dialog).toBeHidden()
    await expect(this.page.getByText(this.words('requests.detail.heldByYou')).first()).toBeVisible()
  }

  /** One of the actions above the request, such as claim or hand over. */
  action(name: 'claim' | 'release' | 'handOver' | 'refuse' | 'complete' | 'reopen'): Locator {
    const actions = this.page.getByRole('group', { name: this.words('requests.action.label'), exact: true })
    return this.button(`requests.action.${name}`, {}, actions)
  }

  /** Types a code into the checking panel; answers nothing: the panel says match or no match. */
  async checkCode(code: string): Promise<void> {
    const panel = this.page.getByRole('region', { name: this.words('verification.title') })
    await panel.getByRole('textbox').first().fill(code)
    await this.button('verification.code.submit', {}, panel).click()
  }

  async attestInPerson(): Promise<void> {
    await this.button('verification.attest.start').click()
    const dialog = this.dialog(this.words('verification.attest.title'))
    await dialog
      .getByLabel(this.words('verification.attest.document'))
      .selectOption({ label: this.words('verification.attest.documents.employee-card') })
    await dialog.getByLabel(this.words('verification.attest.photoMatches')).check()
    await dialog.getByLabel(this.words('verification.attest.nameMatches')).check()
    await this.button('verification.attest.submit', {}, dialog).click()
    await expect(dialog).toBeHidden()
  }

  /** The approver signs in at this desk and agrees; the dialog stays open when they are refused. */
  async approve(approver: Credentials): Promise<void> {
    await this.button('verification.proofs.approve').click()
    const dialog = this.dialog(this.words('verification.approver.title'))
    await this.fillApprover(dialog, approver)
    await this.agree(dialog)
  }

  /** "Approve", which is also the beginning of "refuse approval" in Japanese. */
  async agree(dialog: Locator): Promise<void> {
    await dialog.getByRole('button', { name: this.words('verification.approver.approve'), exact: true }).click()
  }

  /** Resets through the two steps of the dialog and answers the temporary password that is shown. */
  async reset(name: string): Promise<string> {
    await this.button('reset.section.reset').click()
    const dialog = this.dialog(this.words('reset.dialog.title', { name }))
    await this.button('reset.dialog.confirmReset', {}, dialog).click()
    await expect(dialog.getByText(this.words('reset.result.resetTitle')).first()).toBeVisible()
    const password = await dialog.getByRole('status', { name: this.words('reset.result.password') }).innerText()
    return password.replaceAll(/\s/gu, '')
  }

  /** Unlocks through the two steps of the dialog, and closes it. */
  async unlock(name: string): Promise<void> {
    await this.button('reset.section.unlock').click()
    const dialog = this.dialog(this.words('reset.dialog.unlockTitle', { name }))
    await this.button('reset.dialog.confirmUnlock', {}, dialog).click()
    await expect(dialog.getByText(this.words('reset.result.unlockTitle')).first()).toBeVisible()
    await expect(dialog.getByText(this.words('reset.result.canSignIn')).first()).toBeVisible()
    await this.button('reset.dialog.close', {}, dialog).first().click()
    await expect(dialog).toBeHidden()
  }

  /** Closes the dialog that shows the password, and says that it was read out. */
  async closeResult(name: string): Promise<void> {
    const dialog = this.dialog(this.words('reset.dialog.title', { name }))
    await this.button('reset.dialog.close', {}, dialog).first().click()
    await this.button('reset.close.yes').click()
    await expect(dialog).toBeHidden()
  }

  /** Verifies the audit on its screen. */
  async verifyAudit(): Promise<void> {
    await this.goTo('audit')
    await this.button('audit.verify.action').click()
    await expect(this.page.getByText(this.words('audit.verify.intactTitle'))).toBeVisible()
  }
}
