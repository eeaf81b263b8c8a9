import { messages } from '../../shared/i18n'
import type { Language } from '../../shared/model/common'

/** What a notification is about; the requests by their numbers. */
export interface NotificationNews {
  readonly arrived: readonly number[]
  readonly overdue: readonly number[]
}

/**
 * One notification for everything that is new: numbers and counts only, never a name, because others see the screen too. `null` when
 * nothing is.
 */
export function notificationText(
  { arrived, overdue }: NotificationNews,
  language: Language,
): { readonly title: string; readonly body: string } | null {
  const words = messages[language].messages.notification
  const line = (numbers: readonly number[], one: string, many: string): string[] => {
    const [only] = numbers
    if (only === undefined) return []
    return [
      numbers.length === 1 ? one.replace('{number}', String(only)) : many.replace('{count}', String(numbers.length)),
    ]
  }
  // What is late comes first: it has waited longer.
  const lines = [...line(overdue, words.overdueOne, words.overdueMany), ...line(arrived, words.newOne, words.newMany)]
  const [title, ...rest] = lines
  if (title === undefined) return null
  const click = new Set([...arrived, ...overdue]).size === 1 ? words.openOne : words.openMany
  return { title, body: [...rest, click].join('\n') }
}
