import { randomInt } from 'node:crypto'
import type { PasswordPolicy, PersonCard } from '../../shared/model/person'
import { digits, firstSyllables, isUnfit, syllables } from './syllables'

/** The person's names that a password must not contain; a card fits. */
export type PasswordOwner = Pick<PersonCard, 'userId' | 'name'>

export type PasswordProblem = 'too-short' | 'too-simple' | 'contains-user-id' | 'contains-name'

const wordSyllables = 4
const digitCount = 3
const fewestWords = 2

/**
 * Length of the temporary password that {@link temporaryPassword} makes for this minimum: words of four syllables, each
 * followed by a hyphen, and three digits. 21 unless more is asked for.
 */
export function temporaryPasswordLength(minimum: number): number {
  return wordCount(minimum) * (2 * wordSyllables + 1) + digitCount
}

/**
 * A password to be read out once, such as `Kametani-Hasuregu-472`. `minimum`: the larger of the desk's own length and that of
 * the policy in force. At least 53 bits from the system's generator (docs/decisions/temporary-passwords.md).
 */
export function temporaryPassword(minimum: number, owner: PasswordOwner): string {
  // Names are refused by chance in one of thousands; a hundred refusals in a row are a bug, not bad luck.
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const password = candidate(wordCount(minimum))
    if (!isUnfit(password) && nameProblems(password, owner).length === 0) return password
  }
  throw new Error('no temporary password without the names of its owner was found')
}

/** Why the directory would refuse this password, as far as that can be told before the write; empty: nothing known. */
export function checkAgainstPolicy(
  password: string,
  policy: Pick<PasswordPolicy, 'minLength' | 'complexity'>,
  owner: PasswordOwner,
): PasswordProblem[] {
  const problems: PasswordProblem[] = []
  if (password.length < policy.minLength) problems.push('too-short')
  if (!policy.complexity) return problems
  if (kindsOfCharacters(password) < 3) problems.push('too-simple')
  return [...problems, ...nameProblems(password, owner)]
}

function wordCount(minimum: number): number {
  return Math.max(fewestWords, Math.ceil((minimum - digitCount) / (2 * wordSyllables + 1)))
}

function candidate(words: number): string {
  const parts = Array.from({ length: words }, () => {
    const first = pick(firstSyllables)
    const rest = Array.from({ length: wordSyllables - 1 }, () => pick(syllables))
    return first.charAt(0).toUpperCase() + first.slice(1) + rest.join('')
  })
  return [...parts, Array.from({ length: digitCount }, () => pick(digits)).join('')].join('-')
}

function pick(choices: readonly string[]): string {
  const choice = choices[randomInt(choices.length)]
  if (choice === undefined) throw new Error('nothing to pick from')
  return choice
}

/** Upper case, lower case, digits, signs, other letters (Windows "must meet complexity requirements"). */
function kindsOfCharacters(password: string): number {
  const kinds = [/\p{Lu}/u, /\p{Ll}/u, /[0-9]/u, /[^\p{L}\p{N}]/u, /[\p{Lo}\p{Lm}\p{Lt}]/u]
  return kinds.filter((kind) => kind.test(password)).length
}

/**
 * The account name as a whole, and each part of the full name, count from three characters on, whatever their case; parts end at
 * commas, periods, dashes, underscores, spaces, number signs and tabs (MS-SAMR §3.1.1.7.2 and the policy's own description).
 */
function nameProblems(password: string, owner: PasswordOwner): PasswordProblem[] {
  const text = password.toLowerCase()
  const isIn = (part: string): boolean => [...part].length >= 3 && text.includes(part.toLowerCase())

  const problems: PasswordProblem[] = []
  if (isIn(owner.userId)) problems.push('contains-user-id')
  if (owner.name.split(/[,.\-_\s#\u2010-\u2015]+/u).some(isIn)) problems.push('contains-name')
  return problems
}
