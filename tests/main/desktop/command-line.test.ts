import { describe, expect, it } from 'vitest'
import { parseCommandLine } from '../../../src/main/desktop/command-line'

const none = {
  configFile: null,
  userDataDir: null,
  clockOffset: null,
  vaultKeyFile: null,
  securityKeySocket: null,
}

describe('parseCommandLine', () => {
  it('reads the options of an unpackaged run, in both spellings', () => {
    const args = [
      '.',
      '--config',
      'a.json',
      '--user-data-dir=/tmp/d',
      '--clock-offset=-5m',
      '--vault-key-file',
      'k',
      '--security-key-socket=s',
    ]
    expect(parseCommandLine(args, false)).toEqual({
      configFile: 'a.json',
      userDataDir: '/tmp/d',
      clockOffset: '-5m',
      vaultKeyFile: 'k',
      securityKeySocket: 's',
    })
  })

  it("passes over what is not its own, such as Chromium's options", () => {
    expect(parseCommandLine(['.', '--lang=ja', '--inspect=0', '--no-sandbox'], false)).toEqual(none)
  })

  it.each([['--config'], ['--config='], ['--user-data-dir', '--config', 'a.json']])(
    'refuses %s without a value',
    (...args) => {
      expect(() => parseCommandLine(args, false)).toThrow('needs a value')
    },
  )

  it.each([
    '--config',
    '--user-data-dir',
    '--clock-offset',
    '--vault-key-file',
    '--security-key-socket',
    '--remote-debugging-port',
    '--inspect-brk',
  ])('refuses %s in a packaged app', (name) => {
    expect(() => parseCommandLine([name, 'x'], true)).toThrow(`${name} is not taken by an installed app.`)
    expect(() => parseCommandLine([`${name}=x`], true)).toThrow(`${name} is not taken by an installed app.`)
  })

  it('takes nothing from the command line of a packaged app', () => {
    expect(parseCommandLine(['--lang=ja'], true)).toEqual(none)
  })
})
