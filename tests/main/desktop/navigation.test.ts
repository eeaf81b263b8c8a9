import { describe, expect, it } from 'vitest'
import { dial, openExternal } from '../../../src/main/desktop/navigation'

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

describe('dial', () => {
  const system = (program: string, fails = false) => {
    const opened: string[] = []
    const openExternal = (url: string) =>
      fails ? Promise.reject(new Error('no')) : Promise.resolve(void opened.push(url))
    return { opened, app: { getApplicationNameForProtocol: () => program }, shell: { openExternal } }
  }

  it.each([
    'tel:+819012345678',
    'tel:+81312345678;ext=42',
    'sip:+819012345678@pbx.sakura.example',
    'callto:0312345678',
  ])('hands over %s', async (address) => {
    const { app, shell, opened } = system('Softphone')
    await dial(app, shell, address)
    expect(opened).toEqual([address])
  })

  it('says so where no program makes calls, or none takes the number', async () => {
    for (const { app, shell, opened } of [system(''), system('Softphone', true)]) {
      await expect(dial(app, shell, 'tel:+819012345678')).rejects.toMatchObject({
        code: 'dial-not-possible',
        params: { scheme: 'tel' },
      })
      expect(opened).toEqual([])
    }
  })

  it.each([
    'https://example.com',
    'tel:*21*0900#',
    'tel:+81 90',
    'sip:alice@example.com;x',
    'tel:',
    'file:///etc/passwd',
  ])('never hands over %s', async (address) => {
    const { app, shell, opened } = system('Softphone')
    await expect(dial(app, shell, address)).rejects.toThrow('Only plain numbers')
    expect(opened).toEqual([])
  })
})
