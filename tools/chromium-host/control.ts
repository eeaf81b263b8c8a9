import { debuggingAddress } from './browser.ts'
import type { HostElectron } from './electron.ts'

/** What a test asks of the host over Node's process channel; it has no other use. */
export type Question =
  | { readonly ask: 'address' }
  | { readonly ask: 'clipboard' }
  | { readonly ask: 'copy'; readonly text: string }
  | { readonly ask: 'opened' }
  | { readonly ask: 'save-to'; readonly file: string | null }
  | { readonly ask: 'open-from'; readonly file: string | null }
  | { readonly ask: 'notifications' }
  | { readonly ask: 'click-notification' }
  | { readonly ask: 'lock-computer' }
  | { readonly ask: 'quit' }

export type Asked = Question & { readonly id: number }
export type Answered =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: string }

/** Answers the parent process, when there is one that talks; its end is the end of the app, so that nothing is left running. */
export function answerControl(host: HostElectron): void {
  if (process.send === undefined) return
  process.on('message', (message: Asked) => {
    answer(host, message).then(
      (value) => process.send?.({ id: message.id, value } satisfies Answered),
      (error: unknown) => process.send?.({ id: message.id, error: String(error) } satisfies Answered),
    )
  })
  process.on('disconnect', () => host.quit())
}

async function answer(host: HostElectron, question: Question): Promise<unknown> {
  switch (question.ask) {
    case 'address':
      await host.shown
      return debuggingAddress(host.profileDir)
    case 'clipboard':
      return host.clipboardText()
    case 'copy':
      return host.setClipboardText(question.text)
    case 'opened':
      return host.openedAddresses()
    case 'save-to':
      return host.setSavePath(question.file)
    case 'open-from':
      return host.setOpenPath(question.file)
    case 'notifications':
      return host.notifications()
    case 'click-notification':
      return host.clickNotification()
    case 'lock-computer':
      return host.lockComputer()
    case 'quit':
      return host.quit()
  }
}
