import type { session as en } from '../en/session'

/** サインイン、ロック、サインアウトの文言。 */
export const session: typeof en = {
  signIn: {
    title: 'サインイン',
    lead: 'ディレクトリのアカウントを使います。',
    userId: 'ユーザー ID',
    userIdHint: "例: sato.misaki、sato.misaki{'@'}example.co.jp",
    password: 'パスワード',
    submit: 'サインイン',
    busy: 'サインインしています',
    userIdMissing: 'ユーザー ID を入力してください。',
    passwordMissing: 'パスワードを入力してください。',
    sampleTitle: 'サンプル組織',
    sampleText:
      'sato.misaki (担当者)、takahashi.yumi (承認者)、tanaka.hiroshi (管理者)、watanabe.aya (監査担当者) でサインインできます。パスワードはいずれも {password} です。',
  },
  ended: {
    rejected: {
      title: 'セッションが終了しました',
      next: 'このセッションのパスワードがディレクトリに受け付けられなくなりました。もう一度サインインしてください。',
    },
    settingsChanged: {
      title: '設定が変わりました',
      next: '新しい設定で始めるため、サインアウトしました。もう一度サインインしてください。',
    },
    signedOut: { title: 'サインアウトしました', next: '前のセッションの内容は画面に残っていません。' },
  },
  locked: {
    title: 'ロック中',
    lead: '{name} さんが使用中です。解除すると、元の画面に戻ります。',
    idle: '一定時間操作がなかったため、ロックしました。',
    computer: 'コンピューターのロックに合わせて、ロックしました。',
    password: '{name} さんのパスワード',
    unlock: 'ロック解除',
    signOut: 'サインアウト',
    signOutHint: '別の人が使う場合は、サインアウトすると開いている画面を閉じます。',
    signOutConfirm: '{name} さんをサインアウトしますか?',
    signOutText: '入力中で未保存の内容は失われます。依頼は担当者を保ったまま受付一覧に残ります。',
  },
}
