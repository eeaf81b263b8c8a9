import { onActivated, onDeactivated, onMounted, onUnmounted, shallowReactive } from 'vue'

/** One shortcut of the screen that is mounted. */
export interface Shortcut {
  /** As `event.key` names it, lower case: `j`, `arrowdown`, `/`, `?`, `enter`. Several do the same. */
  readonly keys: readonly string[]
  /** Message key of what it does, for the list of shortcuts. */
  readonly label: string
  readonly run: (event: KeyboardEvent) => void
  /** Works only while this holds; it is listed all the same. */
  readonly when?: () => boolean
}

interface Group {
  readonly title: string
  readonly shortcuts: readonly Shortcut[]
}

/** What is bound now, in the order of mounting: the list of shortcuts (`?`) shows it. */
export const shortcutGroups = shallowReactive<Group[]>([])

/** WCAG 2.1.4: single-key shortcuts can be turned off (they disturb speech input). Holds until the app closes. */
export const shortcutsOn = shallowReactive({ value: true })

/**
 * Binds single keys while the calling component is mounted. Keys with Ctrl, Alt or ⌘, keys typed into a field, and keys
 * pressed while a dialog or a menu is open are left alone (Ctrl/⌘ K is kept free for the command palette).
 */
export function useShortcuts(title: string, shortcuts: readonly Shortcut[]): void {
  const group: Group = { title, shortcuts }

  function bind(): void {
    if (!shortcutGroups.includes(group)) shortcutGroups.push(group)
  }

  function unbind(): void {
    const index = shortcutGroups.indexOf(group)
    if (index >= 0) shortcutGroups.splice(index, 1)
  }

  // A screen that is kept alive but not shown must not answer to keys.
  onMounted(bind)
  onActivated(bind)
  onDeactivated(unbind)
  onUnmounted(unbind)
}

/** Runs the newest binding of the pressed key. The shell listens once, for every screen. */
export function handleShortcut(event: KeyboardEvent): void {
  if (!shortcutsOn.value || event.defaultPrevented || event.isComposing) return
  if (event.ctrlKey || event.altKey || event.metaKey) return
  if (isTyping(event.target) || document.querySelector('[role="dialog"],[role="alertdialog"],[role="menu"],dialog'))
    return
  const key = event.key.toLowerCase()
  for (const group of [...shortcutGroups].reverse()) {
    const shortcut = group.shortcuts.find((one) => one.keys.includes(key) && (one.when?.() ?? true))
    if (shortcut) {
      event.preventDefault()
      shortcut.run(event)
      return
    }
  }
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || /^(?:input|textarea|select)$/iu.test(target.tagName)
}
