import { describe, expect, it } from 'vitest'
import { Turns } from '../../../src/main/services/turns'

describe('Turns.take', () => {
  it('runs work on one key in order, one at a time, and other keys beside it', async () => {
    const turns = new Turns()
    const log: string[] = []
    const work = (name: string) => async () => {
      log.push(`${name} begins`)
      await Promise.resolve()
      log.push(`${name} ends`)
    }

    await Promise.all([turns.take('a', work('first')), turns.take('a', work('second')), turns.take('b', work('other'))])

    expect(log.filter((line) => !line.startsWith('other'))).toEqual([
      'first begins',
      'first ends',
      'second begins',
      'second ends',
    ])
    expect(log.indexOf('other begins')).toBeLessThan(log.indexOf('second begins'))
  })

  it('goes on after work that failed', async () => {
    const turns = new Turns()
    const failed = turns.take('a', () => Promise.reject(new Error('no')))
    const next = turns.take('a', async () => 'yes')

    await expect(failed).rejects.toThrow('no')
    expect(await next).toBe('yes')
  })
})
