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
    return found
      .replaceAll(/\{'(.)'\}/gu, '$1')
      .replaceAll(/\{(\w+)\}/gu, (whole, name: string) => String(params[name] ?? whole))
  }
}

function isBranch(node: unknown): node is Readonly<Record<string, unknown>> {
  return typeof node === 'object' && node !== null
}
