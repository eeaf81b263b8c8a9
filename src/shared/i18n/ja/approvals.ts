import type { approvals as en } from '../en/approvals'

/** 承認待ちの一覧の文言。 */
export const approvals: typeof en = {
  title: '承認',
}
