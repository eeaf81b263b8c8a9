import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { line, paragraph } from '../../src/shared/model/common'

describe('What a person typed', () => {
  it('comes out of a database as it went in: halves of characters are replaced before', () => {
    for (const schema of [line(100), paragraph(100)]) {
      expect(schema.parse('机\ud83d の電話')).toBe('机\ufffd の電話')
      fc.assert(
        fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (typed) => {
          const taken = schema.safeParse(typed)
          if (taken.success) expect(Buffer.from(taken.data).toString()).toBe(taken.data)
        }),
      )
    }
  })
})
