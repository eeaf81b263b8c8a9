import type { setup as en } from '../en/setup'

/** 初回起動時の構成とインストール キーの文言。 */
export const setup: typeof en = {
  config: {
    title: 'このデスクはまだ構成されていません',
    lead: 'SSPR Desk は、管理者が作成した 1 つの構成ファイルを読み取ります。ディレクトリ、ロールごとのグループ、ポリシーを記述します。',
    path: 'ファイルを置く場所',
    copyPath: 'パスをコピー',
    check: 'もう一度確認',
    notThere: 'ファイルはまだありません。',
    or: '構成する前に試す',
    sample: 'サンプル組織で試す',
    sampleText: '架空の人物が登録された組み込みのディレクトリです。このコンピューターの外には何も送信しません。',
  },
  broken: {
    title: '構成ファイルを使えません',
    check: 'もう一度確認',
    stillBroken: '{time} に確認しました。問題はまだ残っています。',
    file: 'ファイル',
    field: '項目',
    line: '行',
    sample: '代わりにサンプル組織を使う',
  },
  vault: {
    title: 'インストール キーの作成',
    lead: '認証アプリのキーなど、このデスクが保存するデータを暗号化し、監査を封印するためのキーです。',
    'safe-storage': 'キーは、オペレーティング システムがこのユーザーのために保管します。覚えておくものはありません。',
    passphrase:
      'このコンピューターにはキーの保管機能がないため、パスフレーズで保護します。起動するたびに入力が必要です。',
    'key-file':
      'キーは、このコンピューターの保護されていないファイルに保存されます。ファイルを読める人は、保存データを開けます。',
    passphraseLabel: 'パスフレーズ',
    passphraseHint: '関連のない単語を 4 つ以上並べると、推測されにくくなります。',
    passphraseAgain: 'パスフレーズ (確認)',
    mismatch: '一致しません。もう一度入力してください。',
    missing: 'パスフレーズを入力してください。',
    create: 'キーを作成',
    creating: 'キーを作成しています',
    protection: '保護の方法',
  },
  recovery: {
    title: '回復キーの控えを取ってください',
    lead: '表示されるのは今回だけです。コンピューターやユーザー プロファイルを失うと、回復キーなしでは登録データを二度と開けません。',
    label: '回復キー',
    advice:
      '印刷するか紙に書き写し、部門の金庫などに保管してください。写真に撮ったり、ファイルに保存したりしないでください。',
    print: '印刷',
    confirmLabel: '回復キーの最後のグループ',
    confirmHint: '控えを見て、最後の {count} 文字を入力してください。',
    wrong: '最後の {count} 文字と一致しません。控えと見比べてください。',
    confirm: '控えを取りました',
    printedTitle: 'SSPR Desk: 回復キー',
    printedText:
      '組織: {organisation}。施錠して保管してください。回復キーとデータ フォルダーがあれば、デスクの保存データを開けます。',
  },
  unlock: {
    title: 'インストール キーを開く',
    lead: 'このデスクの保存データは、パスフレーズで保護されています。',
    passphrase: 'パスフレーズ',
    submit: '開く',
    useRecovery: '回復キーを使う',
    usePassphrase: 'パスフレーズを使う',
    recoveryTitle: '回復キーで開く',
    recoveryLead:
      'このコンピューターまたはユーザーには、まだキーがありません。セットアップのときに表示された回復キーを入力してください。',
    recoveryLeadForgotten:
      'セットアップのときに表示された回復キーを入力してください。忘れたパスフレーズの代わりになります。',
    recoveryKey: '回復キー',
    recoveryKeyHint: '4 文字のグループが 14 個あります。小文字や空白が入っていてもかまいません。',
    recoveryMissing: '回復キーを入力してください。',
    newPassphrase: '新しいパスフレーズ',
    recover: '開いてキーを保存',
  },
}
