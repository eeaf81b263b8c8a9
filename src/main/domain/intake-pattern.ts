/**
 * One line of a mail, ready to be compared: `text` as people read it (NFKC: half and full width are one), `folded` without white
 * space and without case, and `at[i]` the place of `folded[i]` in `text`.
 */
export interface FoldedLine {
  readonly text: string
  readonly folded: string
  readonly at: readonly number[]
}

/** A user pattern as a plan of literals; matching takes time linear in the text, whatever the text or the pattern is. */
export interface UserPattern {
  /** Texts before the user name, with anything between them; the last one stands right before it. */
  readonly before: readonly string[]
  /** Texts after it; the first one stands right behind it. */
  readonly after: readonly string[]
}

/** Why a pattern cannot be used. */
export type PatternProblem =
  'user-missing' | 'user-twice' | 'unknown-placeholder' | 'any-beside-user' | 'pattern-too-wide'

/** Longest user ID, UPN or mail address that is looked up. */
const longestName = 256

const fewestLiteralCharacters = 2
/** A form may give the name below its label, in a list or not; further down it is something else. */
const blankLinesBelowLabel = 2

const space = /\s/u
const formatCharacter = /[\p{Cf}\p{Cc}]/u
/**
 * What ends a user name besides white space. Names of Active Directory and OpenLDAP, UPNs and mail addresses may hold many signs,
 * `*` is no wildcard here: it is looked up as it is, and nobody has it.
 */
const ending = new Set('<>()[]{}"“”‘’„«»「」『』【】〈〉《》、。，．,;:：；|…')
/** What people put around a name. */
const opening = new Set('<([{"“‘「『【〈《')
const closing = new Set('>)]}"”’」』】〉》')
const trailing = /[.!?'`]+$/u
const bullet = /^[\s\-–—•・·*>●○■□◆◇]+/u

/** Makes a text comparable: NFKC, no format characters such as zero-width spaces, and where its visible characters are. */
export function foldLine(line: string): FoldedLine {
  const text = line.normalize('NFKC')
  const lower = text.toLowerCase()
  // One in, one out, so that places stay true: `İ` would become two.
  const lowerAt = (index: number): string => {
    if (lower.length === text.length) return lower.charAt(index)
    const character = text.charAt(index)
    const single = character.toLowerCase()
    return single.length === 1 ? single : character
  }
  const at: number[] = []
  let folded = ''
  for (let index = 0; index < text.length; index += 1) {
    const character = lowerAt(index)
    const isPlain = character > ' ' && character < '\u007f'
    if (!isPlain && (space.test(character) || formatCharacter.test(character))) continue
    folded += character
    at.push(index)
  }
  return { text, folded, at }
}

/** The text without white space, width and case, for finding marks across line breaks. */
export function foldText(text: string): string {
  return foldLine(text).folded
}

/** Reads `User ID: {user}` and the like; never a regular expression. */
export function compilePattern(pattern: string): UserPattern | { readonly problem: PatternProblem } {
  const parts = pattern.split(/(\{[^{}]*\})/u)
  const placeholders = parts.filter((part) => part.startsWith('{'))
  if (placeholders.some((part) => part !== '{user}' && part !== '{any}')) return { problem: 'unknown-placeholder' }
  const users = placeholders.filter((part) => part === '{user}').length
  if (users === 0) return { problem: 'user-missing' }
  if (users > 1) return { problem: 'user-twice' }

  const pieces = parts.map((part) => (part.startsWith('{') ? part : foldText(part))).filter((part) => part !== '')
  const user = pieces.indexOf('{user}')
  if (pieces[user - 1] === '{any}' || pieces[user + 1] === '{any}') return { problem: 'any-beside-user' }
  const literals = (some: readonly string[]): string[] => some.filter((part) => part !== '{any}')
  const before = literals(pieces.slice(0, user))
  const after = literals(pieces.slice(user + 1))
  if ([...before, ...after].join('').length < fewestLiteralCharacters) return { problem: 'pattern-too-wide' }
  return { before, after }
}

/** The user names that the pattern finds, in their order, at most `limit`. */
export function namesBy(pattern: UserPattern, lines: readonly FoldedLine[], limit: number): string[] {
  const names: string[] = []
  for (const [index, line] of lines.entries()) {
    for (const name of namesInLine(pattern, line, lines, index)) {
      if (names.length >= limit) return names
      if (!names.includes(name)) names.push(name)
    }
  }
  return names
}

function* namesInLine(
  pattern: UserPattern,
  line: FoldedLine,
  lines: readonly FoldedLine[],
  index: number,
): Generator<string> {
  const { before, after } = pattern
  const label = before.at(-1)
  if (label === undefined) {
    yield* namesBefore(after, line)
    return
  }
  let from = 0
  for (const literal of before.slice(0, -1)) {
    const found = line.folded.indexOf(literal, from)
    if (found < 0) return
    from = found + literal.length
  }
  for (;;) {
    const found = line.folded.indexOf(label, from)
    if (found < 0) return
    let start = found + label.length
    while (opening.has(line.folded.charAt(start))) start += 1
    const first = line.at[start]
    if (first === undefined) {
      if (after.length === 0) yield* nameBelow(lines, index)
      return
    }
    const run = runFrom(line.text, first)
    const end = nameEnd(run, first, line, start, after)
    if (end !== null) yield* cleaned(run.slice(0, end))
    // On behind what was looked at, so that no text is read twice.
    from = start + Math.max(0, visible(run))
  }
}

/** How many characters of the run are the name; `null`: what must follow it does not. */
function nameEnd(run: string, first: number, line: FoldedLine, start: number, after: readonly string[]): number | null {
  const [next, ...others] = after
  if (next === undefined) return run.length
  // The literal follows behind the run, or is the end of it: `{user}さん`.
  const shown = visible(run)
  const reach = line.folded.slice(start, start + shown + next.length)
  const found = reach.lastIndexOf(next)
  if (found <= 0) return null
  let from = start + found + next.length
  for (const literal of others) {
    const place = line.folded.indexOf(literal, from)
    if (place < 0) return null
    from = place + literal.length
  }
  const end = line.at[start + found]
  return end === undefined ? null : Math.min(end - first, run.length)
}

/** Names that stand before the first literal: `{user} has requested`. */
function* namesBefore(after: readonly string[], line: FoldedLine): Generator<string> {
  const [next, ...others] = after
  if (next === undefined) return
  let from = 0
  for (;;) {
    const found = line.folded.indexOf(next, from)
    if (found < 0) return
    let lastFolded = found - 1
    while (lastFolded >= from && closing.has(line.folded.charAt(lastFolded))) lastFolded -= 1
    const last = lastFolded < from ? undefined : line.at[lastFolded]
    const floor = line.at[from] ?? 0
    const behind = found + next.length
    if (last !== undefined && last >= floor) {
      let start = last + 1
      while (start > floor && isNamePart(line.text.charAt(start - 1))) start -= 1
      let rest = behind
      const complete = others.every((literal) => {
        const place = line.folded.indexOf(literal, rest)
        rest = place + literal.length
        return place >= 0
      })
      if (!complete) return
      yield* cleaned(line.text.slice(start, last + 1))
    }
    from = behind
  }
}

/** The name alone on a line below its label. */
function* nameBelow(lines: readonly FoldedLine[], index: number): Generator<string> {
  for (let below = index + 1; below <= index + 1 + blankLinesBelowLabel; below += 1) {
    const text = lines[below]?.text.replace(bullet, '').trim() ?? ''
    if (text === '') continue
    if (runFrom(text, 0).length === text.length) yield* cleaned(text)
    return
  }
}

function runFrom(text: string, first: number): string {
  let end = first
  while (end < text.length && isNamePart(text.charAt(end))) end += 1
  return text.slice(first, end)
}

function isNamePart(character: string): boolean {
  return !space.test(character) && !ending.has(character)
}

/** How many characters of the run are in the folded line. */
function visible(run: string): number {
  let count = 0
  for (let index = 0; index < run.length; index += 1) if (!formatCharacter.test(run.charAt(index))) count += 1
  return count
}

function* cleaned(run: string): Generator<string> {
  if (run.length > 4 * longestName) return
  const plain = run
    .replace(/[\p{Cf}\p{Cc}]/gu, '')
    .replace(/^['`]+/u, '')
    .replace(trailing, '')
  // `DOMAIN\name` as people type it at Windows; what is looked up is the name.
  const name = plain.slice(plain.lastIndexOf('\\') + 1)
  if (name !== '' && name.length <= longestName && /[\p{L}\p{N}*]/u.test(name)) yield name
}
