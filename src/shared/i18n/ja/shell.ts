import type { shell as en } from '../en/shell'

/** どの画面にも共通する枠の文言。 */
export const shell: typeof en = {
  nav: {
    label: 'メイン ナビゲーション',
    queue: '受付一覧',
    call: '通話モード',
    people: 'ユーザー',
    approvals: '承認',
    waiting: '({count} 件が承認待ち)',
    audit: '監査',
    settings: '設定',
  },
  operator: {
    menu: '{name} さんがサインイン中',
    lock: 'ロック',
    signOut: 'サインアウト',
  },
  status: {
    label: '状態',
    connected: '{server} に接続中',
    sample: 'サンプル組織',
    sampleText: 'ここにある人物とリセットはすべて例です。実在しません。',
    threatOn: '警戒中',
    threatOff: '警戒: 通常',
    keyFile: 'キー ファイルを使用中',
    keyFileText:
      'インストール キーは保護されていないファイルにあります。ファイルを読める人は、このデスクの保存データを開けます。',
  },
  shortcuts: {
    title: 'キーボード ショートカット',
    open: 'キーボード ショートカット',
    onlyHere: '開いている画面で使えるキーです。',
    everywhere: 'すべての画面',
    help: 'この一覧を表示',
    palette: 'コマンド、ユーザー、依頼',
    call: '通話モード',
    single: '1 文字のショートカットを使う',
    singleHint: '音声入力や誤操作で動いてしまう場合はオフにします。アプリを閉じるまで有効です。',
  },
  palette: 'コマンド',
  language: '言語',
}
