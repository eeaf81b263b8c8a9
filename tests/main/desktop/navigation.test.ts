import { describe, expect, it } from 'vitest'
import { openExternal } from '../../../src/main/desktop/navigation'

describe('openExternal', () => {
  const shell = () => {
    const opened: string[] = []
    return { opened, openExternal: (url: string) => Promise.resolve(void opened.push(url)) }
  }

  it('opens https', async () => {
    const system = shell()
    await openExternal(system, 'https://learn.microsoft.com/ja-jp/')
    expect(system.opened).toEqual(['https://learn.microsoft.com/ja-jp/'])
  })

  it.each([
    'http://example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'ms-msdt:/id',
    'smb://host/share',
    'https://user:password@example.com/',
    'not an address',
  ])('never opens %s', async (url) => {
    const system = shell()
    await expect(openExternal(system, url)).rejects.toThrow()
    expect(system.opened).toEqual([])
  })
})
