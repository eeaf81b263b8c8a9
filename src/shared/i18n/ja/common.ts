import type { common as en } from '../en/common'

/** どの画面でも使う文言。 */
export const common: typeof en = {
  appName: 'SSPR Desk',
  cancel: 'キャンセル',
  close: '閉じる',
  back: '戻る',
  next: '次へ',
  save: '保存',
  retry: '再試行',
  copy: 'コピー',
  copied: 'コピーしました',
  clear: 'クリア',
  none: 'なし',
  unknown: '不明',
  yes: 'はい',
  no: 'いいえ',
  optional: '(省略可)',
  loading: '読み込んでいます',
  capsLock: 'Caps Lock がオンになっています。',
  showPassword: '入力した文字を表示',
  errorCode: 'コード: {code}',
  role: {
    agent: '担当者',
    approver: '承認者',
    admin: '管理者',
    auditor: '監査担当者',
  },
  directoryKind: {
    'active-directory': 'Active Directory',
    openldap: 'OpenLDAP',
    sample: 'サンプル組織',
  },
}
