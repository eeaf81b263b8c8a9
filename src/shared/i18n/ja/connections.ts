import type { connections as en } from '../en/connections'

/** 接続と設定の入力欄の文言。 */
export const connections: typeof en = {}
