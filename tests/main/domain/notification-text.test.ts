import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { notificationText } from '../../../src/main/domain/notification-text'
import { languages } from '../../../src/shared/model/common'

describe('notificationText', () => {
  it('says one request by its number and several by their count', () => {
    expect(notificationText({ arrived: [12], overdue: [] }, 'en')).toEqual({
      title: 'New request #12',
      body: 'Click to open it.',
    })
    expect(notificationText({ arrived: [1, 2, 3, 4, 5], overdue: [] }, 'en')).toEqual({
      title: '5 new requests',
      body: 'Click to open the queue.',
    })
    expect(notificationText({ arrived: [], overdue: [7] }, 'ja')).toEqual({
      title: '依頼 #7 が期限を過ぎました',
      body: 'クリックすると開きます。',
    })
  })

  it('puts what is late above what is new', () => {
    expect(notificationText({ arrived: [8, 9], overdue: [3] }, 'en')).toEqual({
      title: 'Request #3 is overdue',
      body: '2 new requests\nClick to open the queue.',
    })
  })

  it('says nothing of nothing', () => {
    expect(notificationText({ arrived: [], overdue: [] }, 'en')).toBeNull()
  })

  it('leaves no placeholder open', () => {
    const numbers = fc.array(fc.integer({ min: 1, max: 99_999 }), { maxLength: 4 })
    fc.assert(
      fc.property(numbers, numbers, fc.constantFrom(...languages), (arrived, overdue, language) => {
        const text = notificationText({ arrived, overdue }, language)
        expect(`${text?.title}${text?.body}`).not.toMatch(/[{}]/u)
      }),
    )
  })
})
