import type { privacy as en } from '../en/privacy'

/** 一人分の表示、書き出し、消去の文言。 */
export const privacy: typeof en = {
  title: '個人データ',
}
