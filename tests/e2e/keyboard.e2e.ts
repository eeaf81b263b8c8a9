import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'playwright/test'
import type { Locator } from 'playwright/test'
import { launchDesk } from '../../tools/start/launch'
import type { RunningDesk } from '../../tools/start/launch'
import { Authenticator } from '../support/authenticator'
import { writeDeskFiles } from '../support/config-file'
import { organisation } from '../support/organisation'
import type { TestDirectory } from '../support/organisation'
import { startSlapd } from '../support/slapd'
import { Keyboard } from './support/keyboard'
import { Screens } from './support/screens'
import { wordsIn } from './support/words'

const words = wordsIn('ja')
const agent = { userId: 'sato.misaki', password: organisation.password }
const approver = { userId: 'takahashi.yumi', password: organisation.password }
const auditor = { userId: 'watanabe.aya', password: organisation.password }

test.describe('the main job by keyboard alone', () => {
  test.describe.configure({ mode: 'serial' })

  let directory: TestDirectory
  let folder: string
  let desk: RunningDesk
  let screens: Screens
  let keyboard: Keyboard
  let phone: Authenticator

  const dialog = (): Locator => desk.page.getByRole('dialog').last()
  const noDialog = (): Promise<void> => expect(desk.page.getByRole('dialog')).toHaveCount(0)
  const codeField = (): Locator =>
    desk.page.getByRole('region', { name: words('verification.title') }).getByRole('textbox')
  const caseHeading = (): Locator =>
    desk.page.getByRole('heading', { name: new RegExp(words('requests.list.position', { number: '\\d+' }), 'u') })
  const focusIsSeen = (): Promise<void> => expect.poll(() => keyboard.focusFault()).toBeNull()

  async function signIn({ userId, password }: { userId: string; password: string }): Promise<void> {
    await expect(desk.page.getByLabel(words('session.signIn.userId'), { exact: true })).toBeFocused()
    await keyboard.type(userId)
    await keyboard.press('Tab')
    await expect(desk.page.getByLabel(words('session.signIn.password'), { exact: true })).toBeFocused()
    await keyboard.type(password)
    await keyboard.press('Enter')
    await screens.signedIn()
  }

  async function signOut(name: string): Promise<void> {
    await keyboard.tabTo(desk.page.getByRole('banner').getByRole('button', { name }))
    await keyboard.press('Enter')
    await expect(desk.page.getByRole('menu')).toBeVisible()
    await keyboard.press('End', 'Enter')
  }

  test.beforeAll(async () => {
    test.setTimeout(120_000)
    folder = mkdtempSync(path.join(tmpdir(), 'sspr-desk-keyboard-'))
    directory = await startSlapd()
    const files = writeDeskFiles(folder, directory, '桜製作所')
    desk = await launchDesk({ ...files, userDataDir: path.join(folder, 'data'), locale: 'ja' })
    screens = new Screens(desk.page, words)
    keyboard = new Keyboard(desk.page)
    await screens.makeInstallationKey()
    await screens.signIn(agent)
    await screens.signedIn()
    await screens.openPerson('やまだ', '山田 花子')
    await screens.registerApp(approver, (typedKey) => {
      phone = new Authenticator(typedKey)
      return phone.code()
    })
    await screens.signOut('佐藤 美咲')
    await directory.lock('yamada.hanako')
  })

  test.afterAll(async () => {
    await desk.close()
    await directory.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('Escape closes what asks nothing, and the focus comes back', async () => {
    await signIn(agent)
    // Nothing was touched yet: the keys of the screen work all the same.
    await keyboard.press('n')
    await expect(dialog().getByRole('combobox')).toBeFocused()
    await keyboard.press('Escape')
    await noDialog()
    await keyboard.tabTo(screens.button('requests.action.new').first())
    await keyboard.press('Enter')
    await expect(dialog().getByRole('combobox')).toBeFocused()
    await keyboard.press('Escape')
    await noDialog()
    await expect(screens.button('requests.action.new').first()).toBeFocused()

    await keyboard.press('?')
    await expect(screens.dialog(words('shell.shortcuts.title'))).toBeVisible()
    await focusIsSeen()
    await keyboard.press('n')
    await expect(desk.page.getByRole('dialog')).toHaveCount(1)
    await keyboard.press('Escape')
    await noDialog()
    await expect(screens.button('requests.action.new').first()).toBeFocused()
  })

  test('a request is entered: typing and composing never set off a shortcut', async () => {
    await keyboard.press('n')
    const query = dialog().getByRole('combobox')
    await expect(query).toBeFocused()
    // Enter and the arrows belong to the input method until it is done.
    await keyboard.compose('やまだ')
    await expect(query).toHaveValue('やまだ')
    await keyboard.press('ArrowDown', 'Enter')
    await expect(query).toBeVisible()
    await expect(query).toBeFocused()
    await keyboard.commit('山田')
    await expect(query).toHaveValue('山田')
    const option = dialog().getByRole('option', { name: '山田 花子' })
    await expect(option).toBeVisible()
    const isActive = async (): Promise<boolean> =>
      (await query.getAttribute('aria-activedescendant')) === (await option.getAttribute('id'))
    for (let step = 0; step < 10 && !(await isActive()); step += 1) await keyboard.press('ArrowDown')
    expect(await isActive()).toBe(true)
    await keyboard.press('Enter')
    await expect(dialog().getByText('yamada.hanako')).toBeVisible()

    await expect(dialog().getByRole('radio', { name: words('requests.channel.phone') })).toBeFocused()
    await focusIsSeen()
    await keyboard.tabTo(dialog().getByRole('radio', { name: words('requests.reason.forgot') }))
    await keyboard.press('ArrowDown')
    await expect(dialog().getByRole('radio', { name: words('requests.reason.locked-out') })).toBeChecked()
    const note = dialog().getByLabel(words('requests.create.note'))
    await keyboard.tabTo(note)
    await keyboard.type('n?/jkvpu')
    await expect(note).toHaveValue('n?/jkvpu')
    await expect(desk.page.getByRole('dialog')).toHaveCount(1)
    await keyboard.tabTo(screens.button('requests.create.submit', {}, dialog()))
    await keyboard.press('Enter')
    await noDialog()
    await expect(desk.page.getByText(words('requests.detail.heldByYou')).first()).toBeVisible()
    await expect(caseHeading()).toBeFocused()
    await focusIsSeen()
  })

  test('shortcuts rest in the fields of the case', async () => {
    await keyboard.press('m')
    const note = desk.page.getByRole('textbox', { name: words('requests.history.note') })
    await expect(note).toBeFocused()
    await keyboard.type('nxlhepu')
    await expect(note).toHaveValue('nxlhepu')
    await noDialog()
    await keyboard.press('Control+Enter')
    await expect(note).toHaveValue('')
    await expect(desk.page.getByText('nxlhepu')).toBeVisible()

    await keyboard.press('Escape')
    await keyboard.tabTo(screens.button('requests.action.release').first(), 'Shift+Tab')
    for (const key of ['h', 'l', 'e', 'x']) {
      await keyboard.press(key)
      await expect(desk.page.getByRole('dialog')).toHaveCount(1)
      await focusIsSeen()
      await keyboard.press('Escape')
      await noDialog()
      await expect(screens.button('requests.action.release').first()).toBeFocused()
    }
    // Held down with Ctrl, Alt or ⌘ they are somebody else's.
    await keyboard.press('Control+l', 'Alt+l')
    await noDialog()
  })

  test('the caller is checked and the password is reset', async () => {
    await keyboard.press('v')
    await expect(codeField()).toBeFocused()
    await keyboard.type(await phone.wrongCode())
    await keyboard.press('Enter')
    await expect(desk.page.getByText(words('verification.code.noMatch')).first()).toBeVisible()
    await expect(codeField()).toBeFocused()
    await expect(codeField()).toHaveValue('')
    await keyboard.type(await phone.code(1))
    await keyboard.press('Enter')
    await expect(desk.page.getByText(words('verification.need.satisfied')).first()).toBeVisible()
    await focusIsSeen()

    await keyboard.press('p')
    await expect(screens.button('reset.dialog.cancel', {}, dialog())).toBeFocused()
    await keyboard.press('Escape')
    await noDialog()
    await focusIsSeen()
    await keyboard.press('p')
    await keyboard.tabTo(screens.button('reset.dialog.confirmReset', {}, dialog()))
    await keyboard.press('Enter')
    const shown = desk.page.getByRole('status', { name: words('reset.result.password') })
    await expect(shown).toBeVisible()
    await focusIsSeen()

    // A password that nobody could read out yet does not go away by a slip of the finger.
    await keyboard.press('Escape')
    await expect(shown).toBeVisible()
    await keyboard.tabTo(screens.button('reset.dialog.close').first())
    await keyboard.press('Enter')
    await expect(screens.button('reset.close.yes')).toBeVisible()
    await focusIsSeen()
    await keyboard.press('Escape')
    await expect(screens.button('reset.close.yes')).toBeHidden()
    await expect(shown).toBeVisible()
    await focusIsSeen()
    const password = (await shown.innerText()).replaceAll(/\s/gu, '')
    await keyboard.tabTo(screens.button('reset.dialog.close').first())
    await keyboard.press('Enter')
    await keyboard.tabTo(screens.button('reset.close.yes'))
    await keyboard.press('Enter')
    await noDialog()
    await expect(caseHeading()).toBeFocused()
    await focusIsSeen()
    expect(await directory.bindAs('yamada.hanako', password)).toBe('must-change')
  })

  test('the list, the search and the audit are read', async () => {
    await keyboard.tabTo(desk.page.getByRole('link', { name: words('shell.nav.people') }), 'Shift+Tab')
    await keyboard.press('Enter')
    await expect(desk.page.getByRole('combobox')).toBeVisible()
    await keyboard.press('/')
    await expect(desk.page.getByRole('combobox')).toBeFocused()
    await keyboard.commit('伊藤')
    await expect(desk.page.getByRole('option', { name: '伊藤 健太' })).toBeVisible()
    await keyboard.press('Enter')
    await expect(
      desk.page.getByRole('region', { name: words('people.card.label', { name: '伊藤 健太' }) }),
    ).toBeVisible()
    await signOut('佐藤 美咲')
    await signIn(auditor)
    await keyboard.tabTo(screens.button('audit.verify.action'))
    await keyboard.press('Enter')
    await expect(desk.page.getByText(words('audit.verify.intactTitle'))).toBeVisible()
    await keyboard.tabTo(desk.page.getByRole('grid'))
    await keyboard.press('ArrowDown', 'ArrowDown')
    await expect(desk.page.getByText(words('audit.detail.chain'), { exact: true })).toBeVisible()
    await focusIsSeen()
    await signOut('渡辺 彩')
    await expect(desk.page.getByLabel(words('session.signIn.userId'), { exact: true })).toBeFocused()
  })
})
