import type { BaseWindow, Dialog } from 'electron'

/** Asks where to save; `null` when the person cancelled. */
export async function askSaveFile(
  dialog: Pick<Dialog, 'showSaveDialog'>,
  parent: BaseWindow | null,
  suggestion: { readonly name: string; readonly extension: string },
): Promise<string | null> {
  const options = {
    defaultPath: suggestion.name,
    filters: [{ name: suggestion.extension.toUpperCase(), extensions: [suggestion.extension] }],
    properties: ['createDirectory' as const, 'showOverwriteConfirmation' as const],
  }
  const answer = parent === null ? await dialog.showSaveDialog(options) : await dialog.showSaveDialog(parent, options)
  return answer.canceled || answer.filePath === '' ? null : answer.filePath
}
