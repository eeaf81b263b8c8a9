import { messages } from '../../../src/shared/i18n/index'
import type { Language } from '../../../src/shared/model/common'

/** Words of the screens in one language, by the key of the catalogue: stories find things as a person reads them. */
export type Words = (key: string, params?: Readonly<Record<string, string | number>>) => string

export function wordsIn(language: Language): Words {
  return (key, params = {}) => {
    const found = key
      .split('.')
      .reduce<unknown>((node, part) => (isBranch(node) ? node[part] : undefined), messages[language])
    if (typeof found !== 'string') throw new Error(`No words for ${key} in ${language}.`)
    return choose(found, params['count'])
      .replaceAll(/\{'(.)'\}/gu, '$1')
      .replaceAll(/\{(\w+)\}/gu, (whole, name: string) => String(params[name] ?? whole))
  }
}

/** Of `none | one | many` or `one | many` the form that vue-i18n takes for this count. */
function choose(text: string, count: string | number | undefined): string {
  const forms = text.split(' | ')
  if (typeof count !== 'number' || forms.length === 1) return text
  const index = forms.length === 2 ? (count === 1 ? 0 : 1) : Math.min(count, forms.length - 1)
  return forms[index] ?? text
}

function isBranch(node: unknown): node is Readonly<Record<string, unknown>> {
  return typeof node === 'object' && node !== null
}
