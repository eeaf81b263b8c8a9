import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const tokens = readFileSync('src/renderer/src/styles/tokens.css', 'utf8')
const themes = ['light', 'dark'] as const

const colours = new Map(
  [...tokens.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/gu)].map(([, name, light, dark]) => [
    name ?? '',
    { light: light ?? '', dark: dark ?? '' },
  ]),
)

/** WCAG 2.2 relative luminance. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(name: string, ground: string, theme: (typeof themes)[number]): number {
  const [one, two] = [colours.get(name)?.[theme] ?? '', colours.get(ground)?.[theme] ?? ''].map(luminance)
  const [high, low] = [Math.max(one ?? 0, two ?? 0), Math.min(one ?? 0, two ?? 0)]
  return (high + 0.05) / (low + 0.05)
}

const grounds = ['canvas', 'surface', 'raised', 'hover', 'accent-soft']
const text: readonly (readonly [string, string])[] = [
  ...['ink', 'muted', 'faint'].flatMap((name) => grounds.map((ground) => [name, ground] as const)),
  ...['danger', 'warn', 'ok', 'info', 'accent'].flatMap((tone) =>
    ['surface', 'canvas', 'raised', `${tone}-soft`].map((ground) => [tone, ground] as const),
  ),
  ...['danger', 'warn', 'ok', 'info'].flatMap((tone) =>
    ['ink', 'muted', 'faint'].map((name) => [name, `${tone}-soft`] as const),
  ),
  ['accent-ink', 'accent'],
  ['accent-ink', 'accent-hover'],
  ['danger-ink', 'danger'],
  ['danger-ink', 'danger-hover'],
]

describe.each(themes)('tokens in the %s theme', (theme) => {
  it.each(text)('%s can be read on %s (4.5 : 1)', (name, ground) => {
    expect(contrast(name, ground, theme)).toBeGreaterThanOrEqual(4.5)
  })

  it.each(['canvas', 'surface', 'raised'])('edges of fields and the focus are seen on %s (3 : 1)', (ground) => {
    expect(contrast('line-strong', ground, theme)).toBeGreaterThanOrEqual(3)
    expect(contrast('focus', ground, theme)).toBeGreaterThanOrEqual(3)
  })
})
