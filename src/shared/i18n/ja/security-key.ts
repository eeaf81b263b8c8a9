import type { securityKey as en } from '../en/security-key'

/** セキュリティ キーの案内の文言。 */
export const securityKey: typeof en = {
  checkTitle: 'セキュリティ キーで確認',
  checkText: '{name} さんのキーを確認します。本人がこの端末の前で、自分で操作します。',
  step: {
    start: 'セキュリティ キーを探しています',
    startNext: '少しお待ちください。',
    insert: 'セキュリティ キーを差し込んでください',
    insertNext: 'この端末の USB ポートに差し込むと、自動で先に進みます。',
    choose: '使うキーにタッチしてください',
    chooseNext: '複数のキーが差し込まれています。すべてのキーが点滅します。',
    pin: 'キーの PIN を入力してください',
    pinNext: '本人にキーボードを渡してください。入力中は画面と手元を見ないでください。',
    touch: 'キーにタッチしてください',
    touchNext: 'キーが点滅しています。金属の部分に軽く触れてください。',
    dialog: 'システムのウィンドウで続けてください',
    dialogNext: 'キーと PIN はシステムが確認します。ウィンドウが後ろに隠れていることがあります。',
    working: 'キーで処理しています',
    workingNext: 'キーを抜かないでください。',
  },
  pin: {
    label: 'セキュリティ キーの PIN',
    hint: 'キーの持ち主が入力します。保存しません。',
    submit: '続ける',
    short: 'PIN は 4 文字以上です。',
    left: 'あと {count} 回間違えるとキーがロックされます。',
    wrong: 'PIN が一致しません。本人がもう一度入力してください。',
    wrongLeft: 'PIN が一致しません。あと {count} 回間違えるとキーがロックされます。',
  },
  cancel: 'キャンセル',
  retry: 'やり直す',
  unavailable: {
    'not-set-up': 'セキュリティ キーが設定されていません。管理者が構成ファイルで設定します。',
    'no-library': 'この端末に USB デバイス用のライブラリ (libusb) がありません。管理者がインストールします。',
    'no-permission':
      'このユーザーには USB のキーを使うアクセス許可がありません。Linux では管理者が udev ルールを追加します。',
    'not-this-system': 'このオペレーティング システムでは、セキュリティ キーをまだ使えません。',
    failed: 'セキュリティ キーの処理を開始できません。ステータス行の「状態」で詳細を確かめてください。',
  },
}
