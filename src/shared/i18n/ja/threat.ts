import type { threat as en } from '../en/threat'

/** 脅威の高まりのスイッチとバナーの文言。 */
export const threat: typeof en = {
  title: '脅威の高まり',
  text: '警戒中は、電話、メール、セキュリティの質問は本人確認に使えません。全員に、強力な方法 2 つまたは対面での本人確認と、承認者の承認が必要です。',
  on: '警戒中',
  off: '通常',
  never: 'これまで警戒中になったことはありません。',
  changed: '最終変更: {name}、{at}',
  banner: {
    title: '脅威が高まっています',
    since: '{at} から、設定者 {name}',
    reason: '理由: {reason}',
    meaning:
      '電話、メール、質問は使えません。全員に、強力な方法 2 つまたは対面での本人確認と、承認者の承認が必要です。',
  },
  reason: '理由',
  reasonMissing: '理由を入力してください。',
  begin: {
    open: '警戒を始める',
    title: '脅威の高まりへの警戒を始めますか',
    text: 'すべての端末と対応中の依頼に、すぐ適用されます。理由は担当者全員に表示されます。',
    reasonHint: '例: 今朝から社員を装った電話が続いている。',
    confirm: '警戒を始める',
  },
  end: {
    open: '警戒を終える',
    title: '脅威の高まりへの警戒を終えますか',
    text: 'すべての端末で、すぐに通常のルールに戻ります。',
    reasonHint: '例: セキュリティ部門が収束を確認した。',
    confirm: '警戒を終える',
  },
}
