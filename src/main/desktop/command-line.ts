import { parseArgs } from 'node:util'

/** What an unpackaged run may be told; a packaged app takes none of it (DESIGN.md §2). */
export interface CommandLine {
  readonly configFile: string | null
  readonly userDataDir: string | null
  /** As typed, such as `8d` or `-5m`; `null`: the machine's own time. */
  readonly clockOffset: string | null
  readonly vaultKeyFile: string | null
  /** A Unix socket that carries 64-byte reports, in place of the keys on USB. */
  readonly securityKeySocket: string | null
}

const none: CommandLine = {
  configFile: null,
  userDataDir: null,
  clockOffset: null,
  vaultKeyFile: null,
  securityKeySocket: null,
}

/** Options that decide which servers, keys and times are believed, and Chromium's that open the page to other programs. */
const refused =
  /^--(?:config|user-data-dir|clock-offset|vault-key-file|security-key-socket|remote-debugging-(?:port|pipe|address)|inspect(?:-brk)?|js-flags|disable-web-security|load-extension)(?:=|$)/u

/**
 * Reads the options of an unpackaged run; others, such as Chromium's own, are passed over. A packaged app refuses ours, and
 * those that let others into its page, by throwing: whoever could start it so would choose whom it trusts.
 */
export function parseCommandLine(args: readonly string[], packaged: boolean): CommandLine {
  if (packaged) {
    const named = args.find((argument) => refused.test(argument))
    if (named !== undefined) throw new Error(`${named.split('=')[0]} is not taken by an installed app.`)
    return none
  }
  const { values } = parseArgs({
    args: [...args],
    strict: false,
    options: {
      config: { type: 'string' },
      'user-data-dir': { type: 'string' },
      'clock-offset': { type: 'string' },
      'vault-key-file': { type: 'string' },
      'security-key-socket': { type: 'string' },
    },
  })
  return {
    configFile: text(values.config, '--config'),
    userDataDir: text(values['user-data-dir'], '--user-data-dir'),
    clockOffset: text(values['clock-offset'], '--clock-offset'),
    vaultKeyFile: text(values['vault-key-file'], '--vault-key-file'),
    securityKeySocket: text(values['security-key-socket'], '--security-key-socket'),
  }
}

function text(value: string | boolean | undefined, name: string): string | null {
  if (value === undefined) return null
  if (typeof value === 'string' && value !== '' && !value.startsWith('--')) return value
  throw new Error(`${name} needs a value.`)
}
