import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'playwright/test'
import type { Locator } from 'playwright/test'
import { launchDesk } from '../../tools/start/launch'
import type { RunningDesk } from '../../tools/start/launch'
import { writeDeskFiles } from '../support/config-file'
import { organisation } from '../support/organisation'
import type { TestDirectory } from '../support/organisation'
import { startSlapd } from '../support/slapd'
import { readAloud } from './support/read-aloud'
import { Screens } from './support/screens'
import { wordsIn } from './support/words'

const words = wordsIn('en')
const agent = { userId: 'sato.misaki', password: organisation.password }
const otherAgent = { userId: 'suzuki.ken', password: organisation.password }
const approver = { userId: 'takahashi.yumi', password: organisation.password }
const halfANote = 'Half a note about Hanako'

test.describe('a desk that is left alone', () => {
  test.describe.configure({ mode: 'serial' })

  let directory: TestDirectory
  let folder: string
  let desk: RunningDesk
  let screens: Screens

  const cover = (): Locator => desk.page.getByRole('dialog', { name: words('session.locked.title') })
  const ownPassword = (): Locator =>
    cover().getByLabel(words('session.locked.password', { name: '佐藤 美咲' }), { exact: true })
  const unlockButton = (): Locator => cover().getByRole('button', { name: words('session.locked.unlock'), exact: true })
  const shownPassword = (): Locator => desk.page.getByRole('status', { name: words('reset.result.password') })
  const note = (): Locator => desk.page.getByRole('textbox', { name: words('requests.history.note') })

  async function unlock(): Promise<void> {
    await ownPassword().fill(agent.password)
    await unlockButton().click()
    await expect(cover()).toBeHidden()
  }

  /** A person at the desk gets a new password: the dialog shows it. */
  async function resetFor(query: string, name: string): Promise<string> {
    await screens.enterRequest({ query, name, channel: 'walk-in', reason: 'forgot' })
    await screens.attestInPerson()
    await screens.approve(approver)
    await expect(desk.page.getByText(words('verification.need.satisfied')).first()).toBeVisible()
    return screens.reset(name)
  }

  const pageText = (): Promise<string> => desk.page.evaluate(() => document.documentElement.outerHTML)

  test.beforeAll(async () => {
    test.setTimeout(120_000)
    folder = mkdtempSync(path.join(tmpdir(), 'sspr-desk-locked-'))
    directory = await startSlapd()
    const files = writeDeskFiles(folder, directory, '桜製作所')
    const file: unknown = JSON.parse(readFileSync(files.config, 'utf8'))
    const policy = { methodsRequired: 1, idleLockMinutes: 1, clipboardSeconds: 5 }
    writeFileSync(files.config, JSON.stringify(Object.assign({}, file, { policy })), { mode: 0o600 })
    desk = await launchDesk({ ...files, userDataDir: path.join(folder, 'data'), locale: 'en' })
    screens = new Screens(desk.page, words)
    await screens.makeInstallationKey()
    await screens.signIn(agent)
    await screens.signedIn()
  })

  test.afterAll(async () => {
    await desk.close()
    await directory.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('the cover hides everything from sight and from screen readers', async () => {
    await screens.enterRequest({ query: '山田', name: '山田 花子', channel: 'phone', reason: 'locked-out' })
    await note().fill(halfANote)
    await screens.action('refuse').click()
    await desk.page.getByRole('dialog').getByRole('textbox').fill('Half a reason')
    expect(await readAloud(desk.page)).toContain('Half a reason')

    await desk.lockComputer()
    await expect(cover()).toBeVisible()
    await expect(ownPassword()).toBeFocused()
    const heard = await readAloud(desk.page)
    expect(heard).toContain('佐藤 美咲')
    for (const hidden of ['山田 花子', 'yamada.hanako', halfANote, 'Half a reason']) expect(heard).not.toContain(hidden)
    const uncovered = await desk.page.evaluate(() => {
      const dialog = document.querySelector('dialog:modal')
      if (dialog === null) return ['no cover']
      const colour = getComputedStyle(dialog).backgroundColor
      const places = [5, 200, 640, 1000, 1275].flatMap((x) => [5, 300, 600, 795].map((y) => [x, y] as const))
      return [
        ...(/^rgb\(/u.test(colour) && getComputedStyle(dialog).opacity === '1' ? [] : [`see-through: ${colour}`]),
        ...places.filter(([x, y]) => !dialog.contains(document.elementFromPoint(x, y))).map(String),
      ]
    })
    expect(uncovered).toEqual([])
    // The keyboard stays on the cover, and Escape does not lift it.
    for (let step = 0; step < 12; step += 1) {
      await desk.page.keyboard.press('Tab')
      const strayed = await desk.page.evaluate(() => {
        const active = document.activeElement
        return active !== null && active !== document.body && active.closest('dialog:modal') === null
      })
      expect(strayed).toBe(false)
    }
    await desk.page.keyboard.press('Escape')
    await desk.page.keyboard.press('Escape')
    await expect(cover()).toBeVisible()
  })

  test('while locked, main answers to nobody, and no other person takes the session over', async () => {
    await expect(cover()).toBeVisible()
    const answers = await desk.page.evaluate(
      async ([other, password]) => {
        const tried = await Promise.all([
          window.api.requests.list({ filter: {} }),
          window.api.people.search({ query: '山田' }),
          window.api.session.signIn({ userId: other ?? '', password: password ?? '' }),
        ])
        return tried.map((answer) => (answer.ok ? 'ok' : answer.code))
      },
      [otherAgent.userId, otherAgent.password],
    )
    expect(answers.slice(0, 2)).toEqual(['session-locked', 'session-locked'])
    expect(answers[2]).toBe('not-available')
    await expect(cover()).toBeVisible()

    await ownPassword().fill('Not-Her-Passw0rd')
    await unlockButton().click()
    await expect(cover().getByRole('alert')).toContainText(words('errors.sign-in-wrong.title'))
    await expect(ownPassword()).toHaveValue('')
    await expect(ownPassword()).toBeFocused()
  })

  test('the same person finds everything as it was', async () => {
    await unlock()
    const dialog = desk.page.getByRole('dialog')
    await expect(dialog.getByRole('textbox')).toHaveValue('Half a reason')
    await screens.button('common.cancel', {}, dialog).click()
    await expect(note()).toHaveValue(halfANote)
    await expect(desk.page.getByText(words('requests.detail.heldByYou')).first()).toBeVisible()
  })

  test('a shown password does not outlive the lock', async () => {
    const password = await resetFor('伊藤', '伊藤 健太')
    await expect(shownPassword()).toBeVisible()
    expect(await pageText()).toContain(password.slice(0, 2))
    await desk.lockComputer()
    await expect(cover()).toBeVisible()
    await expect(shownPassword()).toHaveCount(0)
    await unlock()
    await expect(desk.page.getByText(words('reset.result.hiddenTitle'))).toBeVisible()
    await expect(shownPassword()).toHaveCount(0)
    expect((await desk.page.locator('body').innerText()).replaceAll(/\s/gu, '')).not.toContain(password)
    await screens.button('reset.dialog.close').first().click()
    await expect(desk.page.getByRole('dialog')).toHaveCount(0)
    expect(await directory.bindAs('ito.kenta', password)).toBe('must-change')
  })

  test('a copied password leaves the clipboard, and what was copied after it stays', async () => {
    const password = await resetFor('藤田', '藤田 陽菜')
    await screens.button('reset.result.copy').click()
    await expect.poll(() => desk.clipboard()).toBe(password)
    await expect(desk.page.getByText(words('reset.result.cleared'))).toBeVisible()
    await expect.poll(() => desk.clipboard()).toBe('')

    await screens.button('reset.result.copyAgain').click()
    await expect.poll(() => desk.clipboard()).toBe(password)
    await desk.copy('A shopping list')
    await expect(desk.page.getByText(words('reset.result.cleared'))).toBeHidden()
    await expect(desk.page.getByText(words('reset.result.cleared'))).toBeVisible()
    expect(await desk.clipboard()).toBe('A shopping list')

    // Locking takes a copied password away at once, and does not touch anything else.
    await screens.button('reset.result.copyAgain').click()
    await expect.poll(() => desk.clipboard()).toBe(password)
    await desk.lockComputer()
    await expect.poll(() => desk.clipboard()).toBe('')
    await unlock()
    await screens.button('reset.dialog.close').first().click()
  })

  test('a reloaded page shows no password and keeps the session', async () => {
    const password = await resetFor('後藤', '後藤 陸')
    await desk.page.reload()
    await screens.signedIn()
    await expect(desk.page.getByRole('dialog')).toHaveCount(0)
    await expect(desk.page.getByRole('banner').getByRole('button', { name: '佐藤 美咲' })).toBeVisible()
    expect((await desk.page.locator('body').innerText()).replaceAll(/\s/gu, '')).not.toContain(password)
    const status = await desk.page.evaluate(() => window.api.session.status())
    expect(status).toMatchObject({ ok: true, value: { phase: 'active', operator: { userId: 'sato.misaki' } } })
    await desk.lockComputer()
    await expect(cover()).toBeVisible()
    await desk.page.reload()
    await expect(cover()).toBeVisible()
    expect(await readAloud(desk.page)).not.toContain('後藤')
    await unlock()
  })

  test('it locks by itself when nobody touches it', async () => {
    await screens.goTo('queue')
    await desk.page.getByRole('option', { name: '山田 花子' }).click()
    await note().fill(halfANote)
    await expect(cover()).toBeVisible({ timeout: 90_000 })
    await expect(cover().getByText(words('session.locked.idle'))).toBeVisible()
    await unlock()
    await expect(note()).toHaveValue(halfANote)
  })

  test('signing out drops everything that the next person must not see', async () => {
    await desk.lockComputer()
    await expect(cover()).toBeVisible()
    await screens.button('session.locked.signOut', {}, cover()).click()
    await screens.button('session.locked.signOut', {}, cover()).click()
    await expect(screens.button('session.signIn.submit')).toBeVisible()
    for (const left of ['山田', halfANote, '佐藤']) expect(await pageText()).not.toContain(left)
    await expect(desk.page.getByLabel(words('session.signIn.userId'), { exact: true })).toHaveValue('')

    await screens.signIn(otherAgent)
    await screens.signedIn()
    await expect(desk.page.getByText(words('requests.empty.selectTitle'))).toBeVisible()
    await desk.page.getByRole('option', { name: '山田 花子' }).click()
    await expect(note()).toHaveValue('')
    const answer = await desk.page.evaluate(async () => {
      const listed = await window.api.requests.list({ filter: { states: ['claimed'] } })
      const [held] = listed.ok ? listed.value.requests : []
      if (held === undefined) throw new Error('nothing is held')
      const tried = await window.api.reset.perform({ requestId: held.id })
      return tried.ok ? 'ok' : tried.code
    })
    expect(answer).not.toBe('ok')
  })
})
