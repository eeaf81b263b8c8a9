import type { PasswordPolicy, PersonCard } from '../../shared/model/person'
import type { SpelledCharacter } from '../../shared/model/reset'

/** The person's names that a password must not contain; a card fits. */
export type PasswordOwner = Pick<PersonCard, 'userId' | 'name'>

export type PasswordProblem = 'too-short' | 'too-simple' | 'contains-user-id' | 'contains-name'

/** Length of the temporary password that {@link temporaryPassword} makes for this minimum. */
export declare function temporaryPasswordLength(minimum: number): number

/** A password to be read out once. `minimum`: the larger of the desk's own length and that of the policy in force. */
export declare function temporaryPassword(minimum: number, owner: PasswordOwner): string

/** Why the directory would refuse this password, as far as that can be told before the write; empty: nothing known. */
export declare function checkAgainstPolicy(
  password: string,
  policy: Pick<PasswordPolicy, 'minLength' | 'complexity'>,
  owner: PasswordOwner,
): PasswordProblem[]

/** How to say a password, one entry per syllable, digit or sign. */
export declare function spell(password: string): SpelledCharacter[]
