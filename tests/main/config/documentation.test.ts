import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { loadConfig } from '../../../src/main/config'
import { configSchema } from '../../../src/main/config/schema'
import { createCa } from '../../support/ca'
import { writeConfig } from '../../support/config'

const page = readFileSync('docs/configuration.md', 'utf8')
const rows = new Map(
  page
    .split('\n')
    .filter((line) => /^\| `[\w.]+`/u.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, field = '', what = '', allowed = '', standard = '']) => [
      field.replaceAll('`', ''),
      { what, allowed, standard },
    ]),
)

const property = z.looseObject({
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  default: z.unknown().optional(),
  get properties() {
    return z.record(z.string(), property).optional()
  },
  get oneOf() {
    return z.array(property).optional()
  },
  get anyOf() {
    return z.array(property).optional()
  },
})
type Property = z.infer<typeof property>

/** Every field of the schema with its bounds, by its path. */
function fieldsOf(node: Property, above = ''): [string, Property][] {
  const optional = [...(node.anyOf ?? []), ...(node.oneOf ?? [])].flatMap((child) => fieldsOf(child, above))
  const own = Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const path = above === '' ? name : `${above}.${name}`
    return [[path, child], ...fieldsOf(child, path)] satisfies [string, Property][]
  })
  return [...own, ...optional]
}

const fields = fieldsOf(property.parse(z.toJSONSchema(configSchema, { io: 'input' })))

describe('docs/configuration.md', () => {
  let folder: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'config-page-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it('knows the schema', () => expect(fields.length).toBeGreaterThan(75))

  it.each(fields)('describes %s with its bounds and default', (path, { minimum, maximum, default: standard }) => {
    const row = rows.get(path)
    expect(row, `a row for ${path}`).toBeDefined()
    expect(row?.what.length).toBeGreaterThan(10)
    if (minimum !== undefined && maximum !== undefined) expect(row?.allowed).toBe(`${minimum}–${maximum}`)
    if (typeof standard === 'number') expect(row?.standard).toBe(String(standard))
  })

  it('describes no field that does not exist', () => {
    const known = new Set(fields.map(([path]) => path))
    expect([...rows.keys()].filter((path) => !known.has(path) && !path.startsWith('config-'))).toEqual([])
    expect(rows.size).toBeGreaterThan(30)
  })

  it('shows examples that load', () => {
    const examples = [...page.matchAll(/```json\n(.*?)```/gsu)].map(([, text = '']) => text)
    expect(examples).toHaveLength(3)
    createCa(folder, ['localhost'], 'sakura-')
    for (const name of ['mailbox', 'sms-user', 'sms']) {
      writeFileSync(join(folder, `${name}.secret`), 'x', { mode: 0o600 })
    }
    for (const example of examples) {
      const file = writeConfig(folder, example.replace('/etc/sspr-desk/', ''))
      expect(loadConfig({ commandLineFile: file, userDataDir: folder, machineFile: '' }).organisation).toBe(
        'Sakura Seisakusho',
      )
    }
  })
})
