import type { securityKey as en } from '../en/security-key'

/** セキュリティ キーの案内の文言。 */
export const securityKey: typeof en = {
  title: 'セキュリティ キー',
}
