import type { approvals as en } from '../en/approvals'

/** 承認待ちの一覧の文言。 */
export const approvals: typeof en = {
  title: '承認',
  list: '承認待ちの一覧',
  count: '{count} 件',
  privileged: '特権',
  privilegedText: '特権アカウントです。確認された内容をよく確かめてください。',
  left: '残り {time}',
  over: '期限切れ',
  overText: '承認の期限が切れました。担当者はもう一度依頼できます。',
  askedBy: '依頼: {name}',
  action: {
    reset: 'リセットまたはロック解除',
    'access-code': '一時アクセス コード',
  },
  actionFor: {
    reset: 'リセットまたはロック解除、依頼 {number}',
    'access-code': '一時アクセス コード、依頼 {number}',
  },
  evidence: {
    'in-person': '対面',
    'call-back': '折り返し',
    'second-person': '本人確認は済み',
  },
  meaning: {
    'in-person': '担当者は、本人が窓口にいて書類を提示したことを確かめています。疑わしい点がなければ承認してください。',
    'call-back': '担当者は、この番号に自分でかけて本人と話しています。疑わしい点がなければ承認してください。',
    'second-person':
      '本人確認はデスクで済んでいます。操作の実行に同意するかどうかを判断します。依頼を知っているか、担当者に確かめたうえで承認してください。',
  },
  evidenceLabel: '確認された内容',
  agent: '担当者',
  askedAt: '依頼日時',
  note: '担当者のメモ',
  noNote: 'なし',
  timeLeft: '残り時間',
  request: '依頼 {number} を開く',
  refusal: {
    'own-case': '自分が担当する依頼です。別の承認者が判断します。',
    'own-account': '自分のアカウントです。別の承認者が判断します。',
  },
  approve: {
    open: '承認',
    title: '{name} さんの件 (依頼 {number}) を承認しますか',
    text: '承認できるかどうかをディレクトリでもう一度確かめ、氏名を記録します。担当者は数分以内に 1 回だけ操作を実行できます。',
    reason: '備考 (省略可)',
    reasonHint: '例: 担当者に電話で確かめた。',
    confirm: '承認',
    done: '{name} さんの件を承認しました。',
  },
  refuse: {
    open: '承認しない',
    title: '{name} さんの件 (依頼 {number}) を承認しませんか',
    text: 'この確認では何も書き込めなくなります。理由は担当者に表示されます。',
    reason: '理由',
    reasonHint: '例: 書類の提示を確かめられなかった。パスワードやコードは書かないでください。',
    reasonMissing: '理由を入力してください。',
    confirm: '承認しない',
    done: '{name} さんの件を承認しませんでした。',
  },
  empty: {
    title: '承認待ちはありません',
    next: '担当者が承認を依頼すると、どの端末からでも自動でここに表示されます。',
  },
  keys: {
    next: '次の件',
    previous: '前の件',
    request: '依頼を開く',
  },
}
