import type { PersonId } from '../../shared/model/common'
import type { SsprSettings } from '../../shared/model/desk-settings'
import type { Diagnosis } from '../../shared/model/diagnosis'
import type { AccountState } from '../../shared/model/person'
import type { RequestReason } from '../../shared/model/request'
import { methodUsability, requiredKinds } from './verification-methods'
import type { CheckMeans, MethodContext, MethodFacts } from './verification-methods'

/** What the directory, the registrations and the settings say of one person at one moment. */
export interface DiagnosisFacts extends Pick<CheckMeans, 'channels'> {
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly policy: MethodContext['policy']
  readonly person: {
    readonly id: PersonId
    readonly state: AccountState
    readonly privileged: boolean
  }
  /** Everything that counts as registered for the person; numbers of the directory too, where policy lets them. */
  readonly methods: readonly MethodFacts[]
  /** Heightened threat is on: weak kinds do not count. */
  readonly heightened: boolean
  readonly scope: SsprSettings['scope']
  /** Name of the group that puts the person in scope; `null`: none does. Matters when `selected` only. */
  readonly inScopeBy: string | null
  /** Name of the group or container that says that the password is kept elsewhere; `null`: none does. */
  readonly elsewhereBy: string | null
  /** Name of the group or container that no self-service portal can write back to; `null`: none does. */
  readonly notWrittenBackBy: string | null
  /** What the person says; `null`: nobody asked. */
  readonly reason: RequestReason | null
}

type Verdict = Pick<Diagnosis, 'cause' | 'reason' | 'microsoftCode' | 'decidedBy'>

/**
 * Which of the article's three errors this person meets, and what mends it (ARTICLE.md rows 12–14). The first that applies, in the
 * order in which self-service itself meets them: the password is not managed where it is asked for, self-service is not enabled for the person,
 * nothing or too little is registered. Codes are Microsoft's (DOMAIN.md A5).
 */
export function diagnose(facts: DiagnosisFacts): Diagnosis {
  const { usable, waiting } = kindsOf(facts)
  const required = requiredKinds({ ...facts, privileged: facts.person.privileged })
  const verdict = verdictOf(facts, { usable, waiting, required })
  return {
    ...verdict,
    obstacles: obstaclesOf(facts),
    fixes: fixesOf(verdict.reason, facts),
    registered: usable,
    required,
    at: new Date(facts.now).toISOString(),
  }
}

interface Counted {
  /** Kinds that count now. */
  readonly usable: number
  /** Kinds that will count once their waiting time is over, those that count now among them. */
  readonly waiting: number
  readonly required: number
}

/**
 * As for a check of a request that came in just now: what was registered meanwhile counts. Whoever serves themselves has their key at
 * hand, whatever this machine can read, and nobody who calls them back.
 */
function kindsOf(facts: DiagnosisFacts): Omit<Counted, 'required'> {
  const { now, person, methods } = facts
  const request = { id: '', personId: person.id, channel: 'walk-in', createdAt: new Date(now).toISOString() } as const
  const policy = { ...facts.policy, allowCallBack: false }
  const context = {
    ...facts,
    policy,
    action: 'reset',
    request,
    privileged: person.privileged,
    keyReader: true,
  } as const
  const usability = methods.map((method) => ({ kind: method.kind, ...methodUsability(method, context) }))
  const kinds = (found: typeof usability): number => new Set(found.map(({ kind }) => kind)).size
  return {
    usable: kinds(usability.filter(({ unusable }) => unusable === null)),
    waiting: kinds(usability.filter(({ unusable }) => unusable === null || unusable === 'cooling-down')),
  }
}

function verdictOf(facts: DiagnosisFacts, counted: Counted): Verdict {
  const { elsewhereBy, notWrittenBackBy, scope, inScopeBy, person, methods } = facts
  if (elsewhereBy !== null)
    return {
      cause: 'managed-elsewhere',
      reason: 'password-elsewhere',
      microsoftCode: null,
      decidedBy: elsewhereBy,
    }
  if (person.state.smartCardRequired)
    return { cause: 'managed-elsewhere', reason: 'smart-card', microsoftCode: null, decidedBy: '' }
  if (notWrittenBackBy !== null)
    return {
      cause: 'managed-elsewhere',
      reason: 'no-write-back',
      microsoftCode: 'SSPR_0010',
      decidedBy: notWrittenBackBy,
    }
  if (scope === 'none')
    return { cause: 'not-enabled', reason: 'organisation-off', microsoftCode: 'SSPR_0009', decidedBy: '' }
  if (scope === 'selected' && inScopeBy === null)
    return { cause: 'not-enabled', reason: 'not-in-scope', microsoftCode: 'SSPR_0013', decidedBy: '' }

  const decidedBy = scope === 'selected' ? (inScopeBy ?? '') : ''
  if (counted.usable >= counted.required) return { cause: 'none', reason: 'ready', microsoftCode: null, decidedBy }
  const reason =
    methods.length === 0 ? 'no-method' : counted.waiting >= counted.required ? 'methods-waiting' : 'too-few-methods'
  return { cause: 'not-registered', reason, microsoftCode: 'SSPR_0014', decidedBy }
}

function obstaclesOf({ person: { state, privileged } }: DiagnosisFacts): Diagnosis['obstacles'] {
  const standing = {
    disabled: state.disabled,
    'account-expired': state.accountExpired,
    locked: state.locked,
    'must-change': state.mustChange,
    'password-expired': state.passwordExpired,
    privileged,
  } as const
  const order = ['disabled', 'account-expired', 'locked', 'must-change', 'password-expired', 'privileged'] as const
  return order.filter((obstacle) => standing[obstacle])
}

type Fix = Diagnosis['fixes'][number]

/** What helps at once comes first, what keeps the next call away last. */
function fixesOf(reason: Diagnosis['reason'], { person, ...facts }: DiagnosisFacts): Fix[] {
  const { state } = person
  const closed = state.disabled || state.accountExpired
  const enable: Fix[] = closed ? ['enable-account'] : []
  const unlock: Fix[] = state.locked ? ['unlock-here'] : []
  // Whoever says to be locked out still knows the password.
  const now = (fix: Fix): Fix[] => (facts.reason === 'locked-out' ? [...unlock, fix] : [fix, ...unlock])

  switch (reason) {
    case 'password-elsewhere':
    case 'smart-card':
      return [...enable, ...now('refer')]
    case 'no-write-back':
      return [...enable, ...now('reset-here')]
    case 'organisation-off':
      return [...enable, ...now('reset-here'), 'turn-on']
    case 'not-in-scope':
      return [...enable, ...now('reset-here'), 'add-to-scope']
    case 'no-method':
    case 'too-few-methods':
      return [...enable, ...now('reset-here'), 'register-in-person']
    case 'methods-waiting':
      return [...enable, ...now('reset-here'), 'wait']
    case 'ready':
      return [...enable, ...(closed ? [] : (['use-self-service'] as const)), ...now('reset-here')]
  }
}
