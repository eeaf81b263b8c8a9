import type { messages as en } from '../en/messages'

/** SMS と通知の文言。 */
export const messages: typeof en = {
  sms: {
    /** 組織名を含めて 70 文字以内。組織名は `domain/sms-text.ts` が切り詰める。 */
    code: '{organisation} 確認コード {code}（{minutes}分間有効）。自分から問い合わせたヘルプデスクの担当者だけに伝えてください。',
    helpDesk: 'ヘルプデスク',
  },
  notification: {
    /** 番号と件数だけを出す。画面はほかの人の目にも入る。 */
    newOne: '新しい依頼 #{number}',
    newMany: '新しい依頼 {count} 件',
    overdueOne: '依頼 #{number} が期限を過ぎました',
    overdueMany: '期限を過ぎた依頼 {count} 件',
    openOne: 'クリックすると開きます。',
    openMany: 'クリックすると受付一覧を開きます。',
  },
}
