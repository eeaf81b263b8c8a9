import type { threat as en } from '../en/threat'

/** 脅威の高まりのスイッチとバナーの文言。 */
export const threat: typeof en = {
  title: '脅威の高まり',
}
