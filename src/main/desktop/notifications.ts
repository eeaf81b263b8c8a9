import type { Notification, NotificationConstructorOptions } from 'electron'

/** Notifications of the operating system. Each is held until the person has dealt with it: one that is collected cannot be clicked. */
export function desktopNotifications(
  make: (options: NotificationConstructorOptions) => Pick<Notification, 'on' | 'show'>,
  isSupported: () => boolean,
): (notification: { readonly title: string; readonly body: string; readonly onClick: () => void }) => void {
  const shown = new Set<object>()
  return ({ title, body, onClick }) => {
    if (!isSupported()) return
    const notification = make({ title, body })
    shown.add(notification)
    notification.on('click', () => {
      shown.delete(notification)
      onClick()
    })
    notification.on('close', () => shown.delete(notification))
    notification.show()
  }
}
