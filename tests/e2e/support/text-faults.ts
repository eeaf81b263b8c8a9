/**
 * Text that a person cannot read in full, and sideways scrolling, in the page as it is now. Runs inside the page, so it
 * uses nothing from outside. Text that ends in an ellipsis on purpose is fine; kana that a box cuts off above or below is not.
 */
export function textFaults(): string[] {
  const faults = new Set<string>()
  const shown = (element: Element): boolean =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
  const isTiny = (box: DOMRect): boolean => box.width <= 1 && box.height <= 1
  const quote = (text: string): string => `“${text.trim().replaceAll(/\s+/gu, ' ').slice(0, 60)}”`

  const top =
    document.querySelector('dialog:modal') ?? [...document.querySelectorAll('[role="dialog"],[role="menu"]')].at(-1)
  const root = top ?? document.body

  if (document.documentElement.scrollWidth > window.innerWidth) faults.add('the page scrolls sideways')
  for (const element of root.querySelectorAll<HTMLElement>('*')) {
    if (!shown(element)) continue
    const { overflowX } = getComputedStyle(element)
    if ((overflowX === 'auto' || overflowX === 'scroll') && element.scrollWidth > element.clientWidth + 1) {
      faults.add(`scrolls sideways: ${element.tagName.toLowerCase()}.${element.className.slice(0, 60)}`)
    }
  }

  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const parent = node.parentElement
    const text = node.textContent ?? ''
    if (parent === null || text.trim() === '' || !shown(parent) || /^(?:OPTION|STYLE|SCRIPT)$/u.test(parent.tagName))
      continue
    const range = document.createRange()
    range.selectNodeContents(node)
    const boxes = [...range.getClientRects()].filter((box) => box.width > 0)
    if (boxes.length === 0) continue
    const left = Math.min(...boxes.map((box) => box.left))
    const right = Math.max(...boxes.map((box) => box.right))
    const upper = Math.min(...boxes.map((box) => box.top))
    const lower = Math.max(...boxes.map((box) => box.bottom))
    let mayEnd = false
    let scrolls = false
    for (let box: Element | null = parent; box !== null && box !== document.body; box = box.parentElement) {
      const style = getComputedStyle(box)
      const area = box.getBoundingClientRect()
      if (isTiny(area)) {
        mayEnd = true
        scrolls = true
        break
      }
      if (style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none') mayEnd = true
      if (style.overflowX !== 'visible' && !mayEnd && (right > area.right + 1 || left < area.left - 1)) {
        faults.add(`cut off at the side: ${quote(text)}`)
      }
      if (style.overflowY === 'auto' || style.overflowY === 'scroll') scrolls = true
      if (
        style.overflowY !== 'visible' &&
        !scrolls &&
        style.webkitLineClamp === 'none' &&
        (lower > area.bottom + 1 || upper < area.top - 1)
      ) {
        faults.add(`cut off above or below: ${quote(text)}`)
      }
      if (style.position === 'fixed') break
    }
    if (!mayEnd && (right > window.innerWidth + 1 || left < -1)) faults.add(`outside the window: ${quote(text)}`)
    if (!scrolls && (lower > window.innerHeight + 1 || upper < -1))
      faults.add(`below or above the window: ${quote(text)}`)
  }

  const pen = document.createElement('canvas').getContext('2d')
  for (const control of root.querySelectorAll<HTMLInputElement | HTMLSelectElement>('input,select')) {
    if (!shown(control) || pen === null) continue
    const style = getComputedStyle(control)
    const words =
      control instanceof HTMLSelectElement ? control.selectedOptions[0]?.text : control.value || control.placeholder
    if (
      words === undefined ||
      words === '' ||
      (control instanceof HTMLInputElement && /^(?:checkbox|radio|date|password)$/u.test(control.type))
    )
      continue
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`
    const room = control.clientWidth - Number.parseFloat(style.paddingLeft) - Number.parseFloat(style.paddingRight)
    const needed = pen.measureText(words).width
    if (needed > room + 1)
      faults.add(`does not fit its field (${Math.round(needed)} of ${Math.round(room)} px): ${quote(words)}`)
  }
  return [...faults]
}
