import type { questions as en } from '../en/questions'

/** セキュリティの質問の文言。 */
export const questions: typeof en = {
  title: 'セキュリティの質問',
}
