import type { intake as en } from '../en/intake'

/** 受け付けたメールの振り分けと表示の文言。 */
export const intake: typeof en = {
  list: {
    label: '振り分け待ちメール',
    count: '{count} 件',
    loadingMore: '続きを読み込んでいます',
    noSubject: '(件名なし)',
    noSender: '(差出人なし)',
  },
  empty: {
    title: '振り分けを待つメールはありません',
    text: 'テンプレートやディレクトリで判断できないメールが、ここに表示されます。判断できたメールは自動で依頼になります。',
    selectTitle: 'メールが選択されていません',
    selectText: '左の一覧から選び (↑ ↓)、だれの依頼かを指定します。',
  },
  state: {
    waiting: '照合待ち',
    unclear: '要確認',
    request: '依頼に登録済み',
    dismissed: '対象外',
  },
  trouble: {
    'not-understood': '内容を判断できない',
    'nobody-named': '名前がない',
    'several-people': '複数の人',
    'unknown-person': '該当者なし',
    'ambiguous-person': '候補が複数',
    unreadable: '読み取れない',
  },
  why: {
    title: '確認が必要な理由',
    waiting:
      '内容は判断できています。だれかがサインインするとディレクトリと照合します。ここで対象者を指定することもできます。',
    'not-understood':
      '一致するテンプレートがありません。リセットの依頼なら対象者を指定し、そうでなければ対象外にします。',
    'nobody-named':
      'テンプレートは一致しましたが、所定の位置にユーザー名がありません。本文の内容から対象者を探してください。',
    'several-people': '複数の人の名前があります。差出人に既知の方法で確認してから、だれの依頼かを指定してください。',
    'unknown-person': 'メールにある名前の人がディレクトリに見つかりません。別の表記で探すか、対象外にしてください。',
    'ambiguous-person': 'メールにある名前に複数の人が当てはまります。依頼した人を選んでください。',
    unreadable: 'メールが壊れているか、本文がありません。メールボックスに残っているので、そちらで確認してください。',
  },
  detail: {
    label: 'メール',
    from: '差出人 (自称)',
    received: '受信',
    template: 'テンプレート',
    noTemplate: '一致なし',
    named: 'メールにある名前',
    namedNone: 'なし',
    text: 'メールの本文',
    textNone: '本文はありません。',
    cut: '本文が長いため、先頭の 10,000 文字だけを保存しています。',
    untrustedTitle: '信頼できない内容: だれが書いたかは確認されていません',
    untrustedText:
      '本文にある番号やアドレスには、電話も返信もしないでください。リンクを開かず、連絡先としても使わないでください。',
    inRequest: '依頼 {number} に登録済み',
    openRequest: '依頼 {number} を開く',
  },
  match: {
    title: 'だれの依頼ですか?',
    candidates: 'ディレクトリの候補',
    pick: '{name} さんの依頼にする',
    self: '自分のメールです。別の担当者が照合します。',
    search: '別の人を探す',
    searchLabel: '依頼した人',
    searchText: 'メールにだけ書かれた番号やアドレスではなく、確かな情報で探してください。',
    confirmTitle: 'このメールを {name} さんの依頼にしますか?',
    confirmText: '新しい依頼になるか、未完了の依頼に加わります。本人確認は通常どおり行います。',
    confirm: '依頼にする',
    done: '依頼 {number} に登録しました。',
  },
  dismiss: {
    action: '対象外にする…',
    title: 'このメールを対象外にしますか?',
    text: '一覧から外れ、メールボックスには残ります。理由は監査に残ります。',
    reason: '理由',
    reasonHint: '例: 広告だった。以前のメールへの返信だった。',
    reasonMissing: '理由を入力してください。',
    confirm: '対象外にする',
    done: '対象外にしました。',
  },
  ofRequest: {
    title: 'メール | メール 1 件 | メール {count} 件',
    more: '新しい順に 50 件まで表示しています。',
    show: '本文を表示',
  },
  keys: {
    title: '振り分け待ちメール',
    next: '次のメール',
    previous: '前のメール',
    candidate: '番号の候補の依頼にする',
    search: '対象者を探す',
    dismiss: '対象外にする',
  },
}
