import type { Session, WebContents } from 'electron'
import { describe, expect, it } from 'vitest'
import { forbidNavigation } from '../../../src/main/desktop/navigation'
import { denyPermissions } from '../../../src/main/desktop/permissions'

type Handlers = Pick<
  Session,
  | 'setPermissionRequestHandler'
  | 'setPermissionCheckHandler'
  | 'setDevicePermissionHandler'
  | 'setDisplayMediaRequestHandler'
>

describe('denyPermissions', () => {
  it('answers every question of the session with no', () => {
    const answers: unknown[] = []
    // Electron's side of each handler; what it would hand over does not matter, because everything is refused.
    const nothing = {} as never
    const session: Handlers = {
      setPermissionRequestHandler: (handler) =>
        handler?.(nothing, 'media', (granted) => answers.push(granted), nothing),
      setPermissionCheckHandler: (handler) => answers.push(handler?.(null, 'hid', 'app://desk', nothing)),
      setDevicePermissionHandler: (handler) => answers.push(handler?.(nothing)),
      setDisplayMediaRequestHandler: (handler) => handler?.(nothing, (streams) => answers.push(streams)),
    }
    denyPermissions(session)
    expect(answers).toEqual([false, false, false, null])
  })
})

describe('forbidNavigation', () => {
  it('prevents navigation, redirects, webviews and new windows', () => {
    const prevented: string[] = []
    const answers: unknown[] = []
    const contents = {
      on: (name: string, listener: (event: { preventDefault(): void }) => void) => {
        listener({ preventDefault: () => void prevented.push(name) })
      },
      setWindowOpenHandler: (handler: (details: object) => unknown) => {
        answers.push(handler({ url: 'https://example.com/' }))
      },
    }
    forbidNavigation(contents as unknown as WebContents)
    expect(prevented).toEqual(['will-frame-navigate', 'will-redirect', 'will-attach-webview'])
    expect(answers).toEqual([{ action: 'deny' }])
  })
})
