import type { Language } from '../../../../shared/model/common'

/** Languages in which a password can be spelled out. */
export const languages: readonly Language[] = ['ja', 'en']
