import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, CDPSession } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { onePage } from '../../src/main/desktop/webauthn-window'
import type { KeyTalk } from '../../src/main/gateways/security-key'
import { createRelyingParty } from '../../src/main/gateways/security-key/relying-party'
import { createSystemDialogKeys } from '../../src/main/gateways/security-key/system-dialog'
import type { AskPage } from '../../src/main/gateways/security-key/system-dialog'
import type { KeyPrompt } from '../../src/shared/model/security-key'
import { startChromium } from '../../tools/chromium-host/browser'
import { aCreation, anAssertion } from '../main/gateways/security-key/support'

/**
 * The page and the scripts of the dialog, in a real Chromium with its virtual authenticator: what the window does in Electron is done
 * here by hand. The dialog of Windows itself is not shown by this.
 */
describe('createSystemDialogKeys', () => {
  let folder: string
  let context: BrowserContext
  /** What the pages asked for besides their own address. */
  const strayed: string[] = []
  /** Plugged in whenever a page opens. */
  let key: { readonly verified: boolean; readonly touched: boolean } | null
  let kept:
    | {
        readonly credentialId: string
        readonly isResidentCredential: boolean
        readonly privateKey: string
        readonly signCount: number
        readonly rpId?: string
      }
    | undefined

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sspr-desk-dialog-'))
    context = await startChromium({ profileDir: folder, headless: true, locale: 'en', debuggable: false })
  })
  afterAll(async () => {
    await context.close()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  })

  const askPage: AskPage = async ({ host, script, signal }) => {
    const page = await context.newPage()
    signal.addEventListener('abort', () => void page.close())
    if (signal.aborted) await page.close()
    if (page.isClosed()) return null
    const cdp = await context.newCDPSession(page)
    await cdp.send('WebAuthn.enable')
    const authenticator = key === null ? null : await plugIn(cdp, key)
    const answer = onePage(host)
    await page.route('**/*', async (route) => {
      const request = route.request()
      const response = answer(new Request(request.url(), { method: request.method() }))
      if (response.status !== 200) strayed.push(request.url())
      await route.fulfill({
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: await response.text(),
      })
    })
    const closed = new Promise<null>((resolve) => page.once('close', () => resolve(null)))
    const work = async (): Promise<unknown> => {
      await page.goto(`https://${host}/`)
      const result: unknown = await page.evaluate(script)
      if (authenticator !== null) {
        kept = (await cdp.send('WebAuthn.getCredentials', { authenticatorId: authenticator })).credentials[0] ?? kept
      }
      return result
    }
    try {
      return await Promise.race([work().catch(() => null), closed])
    } finally {
      await page.close()
    }
  }

  async function plugIn(cdp: CDPSession, { verified, touched }: NonNullable<typeof key>): Promise<string> {
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'usb',
        hasUserVerification: true,
        isUserVerified: verified,
        automaticPresenceSimulation: touched,
      },
    })
    if (kept !== undefined) await cdp.send('WebAuthn.addCredential', { authenticatorId, credential: kept })
    return authenticatorId
  }

  function aTalk() {
    const prompts: KeyPrompt[] = []
    const abort = new AbortController()
    const talk: KeyTalk = {
      signal: abort.signal,
      show: (prompt) => prompts.push(prompt),
      pin: async () => Promise.reject(new Error('the system asks for the PIN')),
    }
    return { talk, prompts, abort }
  }

  it('registers a key, finds it again, and checks it as the relying party wants', async () => {
    key = { verified: true, touched: true }
    const keys = createSystemDialogKeys(askPage)
    const party = createRelyingParty()
    const creation = aCreation({ userName: '山田 "花子" \u2028</script>' })
    const { talk, prompts } = aTalk()
    const made = await party.verifyCreated(await keys.create(creation, talk), creation)
    expect(prompts).toEqual([{ step: 'dialog' }])

    const assertion = anAssertion([made.credentialId])
    const { counter } = await party.verifyAssertion(await keys.assert(assertion, aTalk().talk), assertion, made)
    expect(counter).toBeGreaterThan(made.counter)

    const again = aCreation({ exclude: [made.credentialId] })
    await expect(keys.create(again, aTalk().talk)).rejects.toMatchObject({ code: 'key-already-registered' })
    expect(strayed.filter((url) => !url.endsWith('/favicon.ico'))).toEqual([])
  })

  it('counts nothing where the owner was not verified', async () => {
    key = { verified: false, touched: true }
    const keys = createSystemDialogKeys(askPage)
    await expect(keys.create(aCreation(), aTalk().talk)).rejects.toMatchObject({ code: 'key-cancelled' })
  })

  it('gives up with its owner, and with the desk', async () => {
    key = { verified: true, touched: false }
    const keys = createSystemDialogKeys(askPage)
    const { talk, abort } = aTalk()
    const first = keys.create(aCreation(), talk)
    await expect(keys.create(aCreation(), talk)).rejects.toMatchObject({
      code: 'key-failed',
      params: { status: 'busy' },
    })
    abort.abort()
    await expect(first).rejects.toMatchObject({ code: 'key-cancelled' })
    const second = keys.create(aCreation(), aTalk().talk)
    await keys.close()
    await expect(second).rejects.toMatchObject({ code: 'key-cancelled' })
  })

  it('is refused by Chromium for a name that is no host of its own', async () => {
    key = { verified: true, touched: true }
    const elsewhere: AskPage = (page) => askPage({ ...page, host: 'other.example.com' })
    const keys = createSystemDialogKeys(elsewhere)
    await expect(keys.create(aCreation(), aTalk().talk)).rejects.toMatchObject({
      code: 'key-failed',
      params: { status: 'SecurityError' },
    })
  })
})
