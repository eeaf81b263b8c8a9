import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appFiles, appOrigin } from '../../../src/main/desktop/protocol'

describe('appFiles', () => {
  let folder: string
  let answer: (request: Request) => Promise<Response>
  const get = (path: string): Promise<Response> => answer(new Request(`${appOrigin}${path}`))

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sspr-desk-protocol-'))
    mkdirSync(join(folder, 'renderer', 'assets'), { recursive: true })
    mkdirSync(join(folder, 'main'))
    writeFileSync(join(folder, 'main', 'index.js'), 'secret')
    writeFileSync(join(folder, 'secret.html'), 'secret')
    writeFileSync(join(folder, 'renderer', 'index.html'), '<!doctype html>')
    writeFileSync(join(folder, 'renderer', 'assets', 'index-a.js'), 'export {}')
    writeFileSync(join(folder, 'renderer', 'assets', 'index-a.css'), 'body {}')
    writeFileSync(join(folder, 'renderer', 'assets', 'index-a.js.map'), '{}')
    answer = appFiles(join(folder, 'renderer'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each([
    ['/', 'text/html; charset=utf-8', '<!doctype html>'],
    ['/index.html', 'text/html; charset=utf-8', '<!doctype html>'],
    ['/index.html?a=1', 'text/html; charset=utf-8', '<!doctype html>'],
    ['/assets/index-a.js', 'text/javascript; charset=utf-8', 'export {}'],
    ['/assets/index-a.css', 'text/css; charset=utf-8', 'body {}'],
  ])('answers %s as %s', async (path, type, text) => {
    const response = await get(path)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe(type)
    expect(await response.text()).toBe(text)
  })

  it.each([
    '/nothing.html',
    '/assets',
    '/assets/',
    '/assets/index-a.js.map',
    '/../secret.html',
    '/%2e%2e/secret.html',
    '/..%2fsecret.html',
    '/..%5csecret.html',
    '/assets/..%2f..%2fsecret.html',
    '/assets/%2e%2e%2f%2e%2e%2fmain%2findex.js',
    '//secret.html',
    '/index.html%00.js',
    '/INDEX.HTML',
    '/C:/Windows/win.ini',
    '/__proto__',
    '/constructor',
  ])('answers %s with 404 and nothing else', async (path) => {
    const response = await get(path)
    expect(response.status).toBe(404)
    expect(await response.text()).toBe('')
  })

  it.each([
    'app://other/index.html',
    'app://desk.attacker.example/index.html',
    'https://desk/index.html',
    'file:///index.html',
  ])('answers %s with 404, because it is not ours', async (url) => {
    expect((await answer(new Request(url))).status).toBe(404)
  })

  it('answers methods that write with 405', async () => {
    expect((await answer(new Request(`${appOrigin}/index.html`, { method: 'POST', body: 'x' }))).status).toBe(405)
  })

  it('does not serve a file that came after the start', async () => {
    writeFileSync(join(folder, 'renderer', 'late.html'), 'late')
    expect((await get('/late.html')).status).toBe(404)
  })

  it('sends the policy with every answer, refusals too', async () => {
    for (const path of ['/index.html', '/assets/index-a.js', '/nothing']) {
      const { headers } = await get(path)
      const policy = headers.get('content-security-policy') ?? ''
      const directives = policy.split('; ')
      expect(directives).toEqual(
        expect.arrayContaining([
          "default-src 'none'",
          "script-src 'self'",
          "style-src 'self'",
          "connect-src 'none'",
          "base-uri 'none'",
          "form-action 'none'",
          "frame-ancestors 'none'",
          "require-trusted-types-for 'script'",
        ]),
      )
      expect(policy).not.toMatch(/unsafe|data:|blob:|https?:|\*/u)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    }
  })
})
