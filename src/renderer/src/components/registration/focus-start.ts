import { nextTick } from 'vue'

/** Puts the cursor where the work of the dialog's new step starts (`data-autofocus`): the button that led there is gone. */
export async function focusStart(): Promise<void> {
  await nextTick()
  const place = document.querySelector('[role="dialog"] [data-autofocus]')
  const controls = 'input,select,textarea,button'
  const control = place?.matches(controls) ? place : place?.querySelector(controls)
  if (control instanceof HTMLElement) control.focus()
}
