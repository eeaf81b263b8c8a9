import type { DeskSettings } from '../../shared/model/desk-settings'
import { authorityFingerprint } from '../config'

/** How much of a value the audit keeps. */
const maxLength = 400

/** Texts in which somebody may have written a key where `{secret:NAME}` belongs: that they changed is told, not what they hold. */
const hidden: ReadonlySet<string> = new Set(
  ['sms', 'voice'].flatMap((part) => ['url', 'headers', 'body', 'delivery'].map((name) => `${part}.${name}`)),
)

/** The fields that differ, as `before → after`; certificates by their fingerprint. Never a secret. */
export function changesOf(before: DeskSettings, after: DeskSettings): Record<string, string> {
  const [old, next] = [flat(before), flat(after)]
  const names = [...new Set([...old.keys(), ...next.keys()])].toSorted()
  const changed = names.filter((name) => old.get(name) !== next.get(name))
  const values = changed
    .filter((name) => !hidden.has(name))
    .map((name): [string, string] => [name, `${shown(old.get(name))} → ${shown(next.get(name))}`])
  return { changed: changed.join(' '), ...Object.fromEntries(values) }
}

/** Every field by its name in the file. Sections that are not there have none. */
function flat(settings: DeskSettings): Map<string, string> {
  const fields = new Map<string, string>()
  const add = (name: string, value: unknown): void => {
    if (name.endsWith('.ca')) fields.set(name, typeof value === 'string' ? authorityFingerprint(value) : '')
    else if (Array.isArray(value)) fields.set(name, value.map(textOf).join('; '))
    else if (hidden.has(name)) fields.set(name, textOf(value))
    else if (typeof value === 'object' && value !== null) {
      for (const [key, content] of Object.entries(value)) add(name === '' ? key : `${name}.${key}`, content)
    } else if (value !== null && value !== undefined) fields.set(name, textOf(value))
  }
  const { mailOut, ...rest } = settings
  add('', { ...rest, smtp: mailOut })
  return fields
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function shown(value: string | undefined): string {
  if (value === undefined || value === '') return '–'
  return value.length > maxLength ? `${value.slice(0, maxLength)}…` : value
}
