import { describe, expect, it } from 'vitest'
import { methodName } from '../../src/renderer/src/lib/method-name'

describe('methodName', () => {
  it('says the type in words where an imported method was given no name', () => {
    expect(methodName({ type: 'mobile', label: 'mobile' }, '携帯電話')).toBe('携帯電話')
    expect(methodName({ type: 'mobile', label: 'mobile 2' }, '携帯電話')).toBe('携帯電話 2')
    expect(methodName({ type: 'questions', label: '' }, 'セキュリティの質問')).toBe('セキュリティの質問')
  })

  it('keeps every name that somebody chose', () => {
    for (const label of ['mobile phone', 'mobile 2 of mine', 'office', 'Mobile', 'mobile  2', 'Pixel 9', '携帯 2']) {
      expect(methodName({ type: 'mobile', label }, '携帯電話')).toBe(label)
    }
  })
})
