import { Attribute, Change } from 'ldapts'
import { neverExpires } from './active-directory-state'
import type { Connection } from './connection'
import type { WriteAnswer } from './directory'
import { attempt, tookEffect } from './links'
import { policyHintsFor, unicodePassword } from './policy-hints'
import { passwordRefusal, resultCodeOf } from './refusals'
import type { Attributes } from './values'

/**
 * Password, must-change and unlock in one modify, which the server does wholly or not at all (RFC 4511 §4.6). An agent
 * who may not write all three gets them one by one, and is told which were missed.
 */
export async function writePassword(connection: Connection, entry: Attributes, password: string): Promise<WriteAnswer> {
  const { server } = connection
  const changes = [
    replace('unicodePwd', unicodePassword(password)),
    replace('pwdLastSet', '0'),
    replace('lockoutTime', '0'),
  ] as const
  const hints = policyHintsFor(connection.rootDse)
  const controls = hints === null ? [] : [hints]
  // `pwdLastSet=0` has no effect on an account whose password never expires (MS-ADA3 2.175).
  const missed: ('must-change' | 'unlock')[] = neverExpires(entry) ? ['must-change'] : []
  try {
    const all = await attempt(() => connection.modify(entry.dn, [...changes], controls))
    if (all.lost !== null) return { kind: 'unknown', server, cause: all.lost }
    return { kind: 'done', server, missed }
  } catch (error) {
    if (resultCodeOf(error) !== 50) throw passwordRefusal(error, undefined, server)
  }
  try {
    const first = await attempt(() => connection.modify(entry.dn, [changes[0]], controls))
    if (first.lost !== null) return { kind: 'unknown', server, cause: first.lost }
  } catch (error) {
    throw passwordRefusal(error, undefined, server)
  }
  if (missed.length === 0 && !(await tookEffect(() => connection.modify(entry.dn, [changes[1]]))))
    missed.push('must-change')
  if (!(await tookEffect(() => connection.modify(entry.dn, [changes[2]]))) && isLockedOnce(entry)) missed.push('unlock')
  return { kind: 'done', server, missed }
}

export async function writeUnlock(connection: Connection, entry: Attributes): Promise<WriteAnswer> {
  const { server } = connection
  const done = await attempt(() => connection.modify(entry.dn, [replace('lockoutTime', '0')]))
  return done.lost === null ? { kind: 'done', server, missed: [] } : { kind: 'unknown', server, cause: done.lost }
}

function replace(type: string, value: string | Buffer): Change {
  const values = typeof value === 'string' ? { values: [value] } : { values: [value] }
  return new Change({ operation: 'replace', modification: new Attribute({ type, ...values }) })
}

function isLockedOnce(entry: Attributes): boolean {
  return (entry.bigint('lockoutTime') ?? 0n) !== 0n
}
