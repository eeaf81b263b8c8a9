import { describe, expect, it } from 'vitest'
import { messages } from '../../src/shared/i18n'

const sources = import.meta.glob<string>('../../src/renderer/src/**/*.{vue,ts}', {
  query: '?raw',
  import: 'default',
  eager: true,
})

function wordsAt(path: string): unknown {
  return path.split('.').reduce<unknown>((tree, name) => {
    if (typeof tree !== 'object' || tree === null) return undefined
    return new Map(Object.entries(tree)).get(name)
  }, messages.en)
}

describe('message keys of the screens', () => {
  it('exist', () => {
    const missing = Object.entries(sources).flatMap(([file, text]) =>
      [...text.matchAll(/\bt\(\s*'([a-zA-Z][\w.-]*)'/gu)]
        .map(([, key]) => key ?? '')
        .filter((key) => typeof wordsAt(key) !== 'string')
        .map((key) => `${file}: ${key}`),
    )
    expect(missing).toEqual([])
  })

  it('exist up to the part that is put in', () => {
    const missing = Object.entries(sources).flatMap(([file, text]) =>
      [...text.matchAll(/\bt\(\s*`([a-zA-Z][\w.-]*)\.\$\{/gu)]
        .map(([, key]) => key ?? '')
        .filter((key) => typeof wordsAt(key) !== 'object')
        .map((key) => `${file}: ${key}`),
    )
    expect(missing).toEqual([])
  })

  it('stand for every word: no sentence is written into a template', () => {
    const japanese = Object.entries(sources)
      .filter(([file, text]) => file.endsWith('.vue') && /[ぁ-んァ-ヶ一-龠]/u.test(text.replaceAll('日本語', '')))
      .map(([file]) => file)
    expect(japanese).toEqual([])
  })
})

describe('the strict content security policy', () => {
  it('meets no inline style, inline script or raw HTML in a template', () => {
    const wrong = Object.entries(sources)
      .filter(([file, text]) => file.endsWith('.vue') && /\sstyle="|v-html|innerHTML|\son[a-z]+="/u.test(text))
      .map(([file]) => file)
    expect(wrong).toEqual([])
  })
})
