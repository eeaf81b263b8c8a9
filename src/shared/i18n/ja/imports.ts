import type { imports as en } from '../en/imports'

/** CSV からの登録の取り込みの文言。 */
export const imports: typeof en = {
  title: '登録の取り込み',
}
