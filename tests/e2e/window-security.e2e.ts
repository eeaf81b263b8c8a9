/* eslint-disable @typescript-eslint/no-unsafe-assignment, @typescript-eslint/no-unsafe-call, @typescript-eslint/no-unsafe-member-access, @typescript-eslint/no-unsafe-argument, @typescript-eslint/no-unsafe-return --
   most of this runs in the page, whose world has no types here, and tries what types would not let through. */
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from './support/desk-app'

test.describe('The window', () => {
  test('gives the page named calls and nothing else', async ({ launch }) => {
    const { page } = await launch()
    const seen = await page.evaluate(() => {
      const api: Readonly<Record<string, unknown>> = Reflect.get(globalThis, 'api')
      const frozen = (value: unknown): boolean =>
        (typeof value !== 'object' && typeof value !== 'function') ||
        value === null ||
        (Object.isFrozen(value) && Object.values(value).every(frozen))
      const before = api['reset']
      try {
        Reflect.set(api, 'reset', null)
        Reflect.set(globalThis, 'api', null)
      } catch {
        // Refused loudly is refused.
      }
      return {
        node: ['require', 'process', 'module', 'Buffer', 'global', 'electron', 'ipcRenderer', 'exports'].filter(
          (name) => name in globalThis,
        ),
        features: Object.keys(api).sort(),
        frozen: frozen(api),
        removable: Reflect.deleteProperty(globalThis, 'api'),
        kept: Reflect.get(globalThis, 'api') === api && api['reset'] === before,
        generic: ['invoke', 'send', 'ipc'].filter((name) => name in api),
      }
    })
    expect(seen).toEqual({
      node: [],
      features: [
        'approvals',
        'audit',
        'connections',
        'diagnosis',
        'health',
        'imports',
        'intake',
        'on',
        'people',
        'privacy',
        'questions',
        'registration',
        'requests',
        'reset',
        'securityKey',
        'session',
        'settings',
        'setup',
        'threat',
        'vault',
        'verification',
      ],
      frozen: true,
      removable: false,
      kept: true,
      generic: [],
    })
  })

  test('runs no script but its own files, and turns no text into markup', async ({ launch }) => {
    const { page } = await launch()
    const outcome = await page.evaluate(async () => {
      const reports: string[] = []
      const document = Reflect.get(globalThis, 'document')
      document.addEventListener('securitypolicyviolation', (event: { effectiveDirective: string }) =>
        reports.push(event.effectiveDirective),
      )
      const refused = (work: () => unknown): Promise<string> =>
        // In a task of its own: the test's own evaluation is allowed what the page is not.
        new Promise((resolve) =>
          setTimeout(() => {
            try {
              work()
              resolve('ran')
            } catch (error) {
              resolve(error instanceof Error ? error.name : 'thrown')
            }
          }),
        )
      const evalled = await refused(() => Reflect.apply(Reflect.get(globalThis, 'eval'), undefined, ['1 + 1']))
      const constructed = await refused(() => Reflect.construct(Reflect.get(globalThis, 'Function'), ['return 1']))
      const markup = await refused(() => {
        document.createElement('div').innerHTML = '<b>text</b>'
      })
      const policy = await refused(() => Reflect.get(globalThis, 'trustedTypes').createPolicy('mine', {}))
      const script = document.createElement('script')
      const inline = await refused(() => {
        script.text = 'globalThis.inlineRan = true'
        document.head.append(script)
      })
      const style = document.createElement('style')
      style.textContent = 'body { display: none }'
      document.head.append(style)
      const image = document.createElement('img')
      image.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw='
      document.body.append(image)
      const fetched = await fetch('https://example.com/').then(
        () => 'ran',
        () => 'refused',
      )
      await new Promise((resolve) => setTimeout(resolve, 200))
      return {
        evalled,
        constructed,
        markup,
        policy,
        inline,
        inlineRan: 'inlineRan' in globalThis,
        styled: Reflect.get(globalThis, 'getComputedStyle')(document.body).display,
        fetched,
        reports: [...new Set(reports)].sort(),
      }
    })
    expect(outcome).toMatchObject({
      evalled: 'EvalError',
      constructed: 'EvalError',
      markup: 'TypeError',
      policy: 'TypeError',
      inlineRan: false,
      fetched: 'refused',
    })
    expect(outcome.styled).not.toBe('none')
    expect(outcome.reports).toEqual(
      expect.arrayContaining([
        'connect-src',
        'img-src',
        'require-trusted-types-for',
        'style-src-elem',
        'trusted-types',
      ]),
    )
  })

  test('stays on its page: no navigation, no new window, no network', async ({ launch }) => {
    const { page } = await launch()
    const asked: string[] = []
    const server = createServer((message, answer) => {
      asked.push(message.url ?? '')
      answer.end('reached')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port }: AddressInfo = Object.assign({ port: 0, address: '', family: '' }, server.address())
    const elsewhere = `http://127.0.0.1:${port}/`
    try {
      const start = page.url()
      await page.evaluate(async (url) => {
        const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 200))
        const document = Reflect.get(globalThis, 'document')
        Reflect.get(globalThis, 'location').href = `${url}location`
        await pause()
        const link = document.createElement('a')
        link.href = `${url}link`
        document.body.append(link)
        link.click()
        await pause()
        link.target = '_blank'
        link.click()
        const form = document.createElement('form')
        form.action = `${url}form`
        document.body.append(form)
        form.submit()
        const frame = document.createElement('iframe')
        frame.src = `${url}frame`
        document.body.append(frame)
        Reflect.get(globalThis, 'open')(`${url}open`)
        await pause()
      }, elsewhere)
      expect(page.url()).toBe(start)
      await expect.poll(() => page.context().pages().length).toBe(1)
      expect(asked).toEqual([])
      // The server does answer: the page did not reach it, rather than nobody being there.
      await new Promise((resolve) => request(`${elsewhere}proof`, resolve).end())
      expect(asked).toEqual(['/proof'])
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })

  test('has no calls in a frame inside it', async ({ launch }) => {
    const { page } = await launch()
    const types = await page.evaluate(() => {
      const frame = document.createElement('iframe')
      document.body.append(frame)
      const inner = frame.contentWindow
      if (inner === null) throw new Error('the frame has no window')
      return ['api', 'require'].map((name) => typeof Reflect.get(inner, name))
    })
    expect(types).toEqual(['undefined', 'undefined'])
  })

  test('is granted no permission', async ({ launch }) => {
    const { page } = await launch()
    const states = await page.evaluate(async () => {
      const { permissions, geolocation, mediaDevices } = navigator
      const state = async (name: PermissionName): Promise<string> => (await permissions.query({ name })).state
      const refusal = (work: Promise<unknown>): Promise<string> =>
        work.then(
          () => 'granted',
          () => 'refused',
        )
      return {
        geolocation: await state('geolocation'),
        notifications: await state('notifications'),
        clipboard: await state('clipboard-read' as PermissionName),
        position: await refusal(new Promise((resolve, reject) => geolocation.getCurrentPosition(resolve, reject))),
        camera: await refusal(mediaDevices.getUserMedia({ video: true })),
      }
    })
    expect(states).toEqual({
      geolocation: 'denied',
      notifications: 'denied',
      clipboard: 'denied',
      position: 'refused',
      camera: 'refused',
    })
  })

  test('refuses what a person at the console may try', async ({ launch }) => {
    const { page } = await launch()
    const answers = await page.evaluate(async () => {
      const api = Reflect.get(globalThis, 'api')
      const requestId = '00000000-0000-4000-8000-000000000000'
      const told = async (call: Promise<{ ok: boolean; code?: string }>): Promise<string> => (await call).code ?? 'ok'
      return {
        reset: await told(api.reset.perform({ requestId })),
        unlock: await told(api.reset.unlock({ requestId })),
        // The operator is main's to say: a page that names one is not heard.
        asSomebody: await told(api.reset.perform({ requestId, operator: { roles: ['admin'] } })),
        notAnId: await told(api.reset.perform({ requestId: '../../etc/passwd' })),
        nothing: await told(api.reset.perform()),
        polluted: await told(api.reset.perform(JSON.parse(`{"__proto__":{"admin":true},"requestId":"${requestId}"}`))),
        huge: await told(api.people.search({ query: 'x'.repeat(2_000_000) })),
        file: await told(api.session.openExternal({ url: 'file:///etc/passwd' })),
        plain: await told(api.session.openExternal({ url: 'http://example.com/' })),
        unlisted: await told(api.session.openExternal({ url: 'https://example.com/' })),
        event: (() => {
          try {
            api.on('no-such-event', () => undefined)
            return 'ok'
          } catch (error) {
            return error instanceof Error ? 'thrown' : 'ok'
          }
        })(),
      }
    })
    const { reset, unlock, asSomebody, file, plain, unlisted, ...shape } = answers
    for (const code of [reset, unlock, asSomebody]) expect(code).not.toMatch(/^(?:ok|internal)$/u)
    for (const code of [file, plain, unlisted]) expect(code).not.toMatch(/^(?:ok|internal)$/u)
    expect(shape).toEqual({
      notAnId: 'invalid-input',
      nothing: 'invalid-input',
      polluted: 'invalid-input',
      huge: 'invalid-input',
      event: 'thrown',
    })
  })

  test('opens no address that the configuration does not list', async ({ launch }) => {
    const desk = await launch()
    await desk.page.evaluate(() =>
      Reflect.get(globalThis, 'api').session.openExternal({ url: 'https://attacker.example/' }),
    )
    expect(await desk.opened()).toEqual([])
  })

  test('serves its own files only', async ({ launch }) => {
    const { page } = await launch()
    const statuses = await page.evaluate(async () => {
      const document = Reflect.get(globalThis, 'document')
      const load = (path: string): Promise<string> =>
        new Promise((resolve) => {
          const image = document.createElement('img')
          image.onload = () => resolve('loaded')
          image.onerror = () => resolve('refused')
          image.src = path
          document.body.append(image)
        })
      return Promise.all(
        ['/../main/index.js', '/%2e%2e/main/index.js', '/..%2fmain%2findex.js', '/%5c..%5cmain', '//etc/passwd'].map(
          load,
        ),
      )
    })
    expect(statuses).toEqual(['refused', 'refused', 'refused', 'refused', 'refused'])
  })
})
