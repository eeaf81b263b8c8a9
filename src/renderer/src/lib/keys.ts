import { onActivated, onDeactivated, onMounted, onUnmounted, shallowReactive } from 'vue'

/** One shortcut of the screen that is mounted. */
export interface Shortcut {
  /** As `event.key` names it, lower case: `j`, `arrowdown`, `/`, `?`, `enter`. Several do the same. */
  readonly keys: readonly string[]
  /** Message key of what it does, for the list of shortcuts. */
  readonly label: string
  readonly run: (event: KeyboardEvent) => void
  /** Pressed together with Ctrl (⌘ on a Mac). Such keys work while a field has the cursor, and cannot be turned off. */
  readonly mod?: boolean
  /** Works while a field has the cursor, too: for keys that write nothing, such as Esc. */
  readonly inFields?: boolean
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

/** How the key beside the space bar is called on this machine. */
export const modName = /mac/iu.test(navigator.platform) ? '⌘' : 'Ctrl'

/**
 * Binds keys while the calling component is mounted. Keys with Alt, single keys typed into a field, and keys pressed while a
 * dialog or a menu is open are left alone.
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
  if (event.defaultPrevented || event.isComposing || event.altKey) return
  if (document.querySelector('[role="dialog"],[role="alertdialog"],[role="menu"],dialog')) return
  const mod = event.ctrlKey || event.metaKey
  const typing = isTyping(event.target)
  const key = event.key.toLowerCase()
  const answers = (one: Shortcut) =>
    one.keys.includes(key) &&
    (one.mod ?? false) === mod &&
    (mod || ((!typing || one.inFields === true) && (shortcutsOn.value || one.inFields === true))) &&
    (one.when?.() ?? true)
  for (const group of [...shortcutGroups].reverse()) {
    const shortcut = group.shortcuts.find(answers)
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
