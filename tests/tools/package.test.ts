import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'

interface Configuration {
  readonly electronFuses: Readonly<Record<string, boolean>>
  readonly files: readonly unknown[]
  readonly [name: string]: unknown
}
interface ConfigModule {
  readonly getConfig: (folder: string, file: string, given: null) => Promise<Configuration>
  readonly validateConfiguration: (configuration: Configuration, logger: unknown) => Promise<void>
}

/** The packager's own reader and schema, found from the packager's place: it is no dependency of its own here. */
const packager = createRequire(createRequire(resolve('package.json')).resolve('electron-builder'))
const { getConfig, validateConfiguration } = packager('app-builder-lib/out/util/config/config') as ConfigModule
const { DebugLogger } = packager('builder-util') as { DebugLogger: new (enabled: boolean) => unknown }

describe('electron-builder.yml', () => {
  let configuration: Configuration
  beforeAll(async () => {
    configuration = await getConfig(resolve('.'), 'electron-builder.yml', null)
  })

  it("fits the packager's schema, which refuses what it does not know", async () => {
    await validateConfiguration(configuration, new DebugLogger(false))
    const misspelt = { ...configuration, electronFuse: {} }
    await expect(validateConfiguration(misspelt, new DebugLogger(false))).rejects.toThrow('unknown property')
  })

  it('flips the fuses that close the packaged app', () => {
    expect(configuration.electronFuses).toEqual({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      grantFileProtocolExtraPrivileges: false,
      onlyLoadAppFromAsar: true,
      enableEmbeddedAsarIntegrityValidation: true,
      enableCookieEncryption: true,
    })
  })

  it('packs the built app and nothing of the tools, for the three systems', () => {
    expect(configuration).toMatchObject({
      asar: true,
      asarUnpack: ['**/*.node'],
      npmRebuild: false,
      win: { target: [{ target: 'nsis' }] },
      nsis: { perMachine: true, deleteAppDataOnUninstall: false },
      mac: { hardenedRuntime: true, target: [{ target: 'dmg' }] },
      linux: { target: [{ target: 'deb' }, { target: 'AppImage' }] },
    })
    const text = JSON.stringify(configuration.files)
    expect(text).toContain('out/**')
    expect(text).not.toMatch(/"(?:src|tools|tests|resources)/u)
  })

  it('asks macOS for the compiler of the JavaScript engine and nothing else', () => {
    const keys = [...readFileSync('resources/entitlements.mac.plist', 'utf8').matchAll(/<key>(?<key>[^<]+)<\/key>/gu)]
    expect(keys.map((match) => match.groups?.['key'])).toEqual(['com.apple.security.cs.allow-jit'])
  })

  it.each([
    ['icon.png', '89504e47'],
    ['icon.ico', '00000100'],
    ['icon.icns', '69636e73'],
  ])('has %s', (name, magic) => {
    expect(readFileSync(resolve('resources', name)).subarray(0, 4).toString('hex')).toBe(magic)
  })
})
