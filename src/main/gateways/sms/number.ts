import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import type { NumberReader } from '../sms'

const mobileTypes: ReadonlySet<string> = new Set(['MOBILE', 'FIXED_LINE_OR_MOBILE'])

/**
 * Reads numbers by the numbering plans; those without a country code belong to `region` (ISO 3166 alpha-2). Full-width digits and
 * Japanese dashes are taken as people type them; a number with an extension is none that a message reaches.
 */
export function createNumberReader(region: string): NumberReader {
  const defaultCountry = isSupportedCountry(region) ? region : undefined
  return (text) => {
    const plain = text.normalize('NFKC').replace(/[\u2010-\u2015\u2212\u30fc]/gu, '-')
    const number = parsePhoneNumberFromString(plain, {
      extract: false,
      ...(defaultCountry === undefined ? {} : { defaultCountry }),
    })
    if (number === undefined || !number.isValid() || number.ext !== undefined) return null
    return { e164: number.number, mobile: mobileTypes.has(number.getType() ?? '') }
  }
}
