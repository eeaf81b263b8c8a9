import { parseArgs } from 'node:util'

/** What an unpackaged run may be told; a packaged app takes none of it (DESIGN.md §2). */
export interface CommandLine {
  readonly configFile: string | null
  readonly userDataDir: string | null
  /** As typed, such as `8d` or `-5m`; `null`: the machine's own time. */
  readonly clockOffset: string | null
  readonly vaultKeyFile: string | null
}

const none: CommandLine = { configFile: null, userDataDir: null, clockOffset: null, vaultKeyFile: null }

/** The options that decide which servers, keys and times are believed. */
const ours = ['--config', '--user-data-dir', '--clock-offset', '--vault-key-file']

/**
 * Reads the options of an unpackaged run; others, such as Chromium's own, are passed over. A packaged app refuses ours by
 * throwing: whoever could start it with another configuration would choose whom it trusts.
 */
export function parseCommandLine(args: readonly string[], packaged: boolean): CommandLine {
  if (packaged) {
    const named = args.find((argument) => ours.some((name) => argument === name || argument.startsWith(`${name}=`)))
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
    },
  })
  return {
    configFile: text(values.config, '--config'),
    userDataDir: text(values['user-data-dir'], '--user-data-dir'),
    clockOffset: text(values['clock-offset'], '--clock-offset'),
    vaultKeyFile: text(values['vault-key-file'], '--vault-key-file'),
  }
}

function text(value: string | boolean | undefined, name: string): string | null {
  if (value === undefined) return null
  if (typeof value === 'string' && value !== '') return value
  throw new Error(`${name} needs a value.`)
}
