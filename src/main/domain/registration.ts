import type { PersonId } from '../../shared/model/common'
import type { RegistrationSummary } from '../../shared/model/registration'
import { codeChannels } from '../../shared/model/verification'
import type { CodeChannel, MethodType, ProofKind } from '../../shared/model/verification'
import type { Policy } from './policy'
import { methodWays, requiredKinds, usableKinds } from './verification-methods'
import type { CheckMeans, MethodFacts } from './verification-methods'

/** Methods of one type that a person may have; their security questions are one. */
export const methodsOfAType = 5

const kinds: Readonly<Record<MethodType, ProofKind>> = {
  app: 'app',
  mobile: 'phone',
  alternative: 'phone',
  office: 'phone',
  key: 'key',
  mail: 'mail',
  questions: 'knowledge',
}

/** What a proof by such a method counts as (DESIGN.md §5.4). */
export function kindOf(type: MethodType): ProofKind {
  return kinds[type]
}

/** What a registration at this desk can be proven with. */
export interface RegistrationMeans extends CheckMeans {
  readonly policy: Policy
}

export type TypeRefusal = RegistrationSummary['types'][number]['refusal']

/** Channels that can bring a confirming code to such a method here; empty for those that get none. */
export function enrolmentChannels(
  method: { readonly type: MethodType; readonly takesText?: boolean },
  { policy, channels }: RegistrationMeans,
): CodeChannel[] {
  // Where numbers are only ever called back, a gateway still has to prove that they belong to the person.
  const callBackOnly = policy.allowCallBack && !policy.allowSms && !policy.allowVoice
  const proving = callBackOnly ? { ...policy, allowSms: true, allowVoice: true } : policy
  const ways = methodWays({ ...method, kind: kindOf(method.type) }, { policy: proving, channels })
  return codeChannels.filter((channel) => ways.some(({ way, refusal }) => way === channel && refusal === null))
}

/** Why such a method cannot be registered here and now for this person; `null`: it can. */
export function typeRefusal(
  type: MethodType,
  person: { readonly privileged: boolean; readonly registered: readonly { readonly type: MethodType }[] },
  means: RegistrationMeans,
): TypeRefusal {
  if (!isInPolicy(type, means.policy)) return 'not-in-policy'
  const kind = kindOf(type)
  // Neither ever counts for them (DESIGN.md §5.4).
  if (person.privileged && (kind === 'mail' || kind === 'knowledge')) return 'not-for-privileged'
  if (kind === 'key' && !means.keyReader) return 'no-key-reader'
  if ((kind === 'phone' || kind === 'mail') && enrolmentChannels({ type }, means).length === 0) return 'no-gateway'
  const limit = type === 'questions' ? Infinity : methodsOfAType
  return person.registered.filter((method) => method.type === type).length >= limit ? 'limit' : null
}

/** Whether policy lets callers be checked by such a method. */
export function isInPolicy(type: MethodType, policy: Policy): boolean {
  switch (type) {
    case 'app':
      return policy.allowApp
    case 'mobile':
    case 'alternative':
      return policy.allowSms || policy.allowVoice || policy.allowCallBack
    case 'office':
      return policy.allowVoice || policy.allowCallBack
    case 'key':
      return policy.allowKey
    case 'mail':
      return policy.allowMail
    case 'questions':
      return policy.allowQuestions
  }
}

/** How far a person's registrations would go for a request that they made now, and towards what policy asks for. */
export function coverage(
  methods: readonly MethodFacts[],
  person: { readonly id: PersonId; readonly privileged: boolean; readonly heightened: boolean; readonly now: number },
  means: RegistrationMeans,
): Pick<RegistrationSummary, 'required' | 'toRegister' | 'counting' | 'ready' | 'backup'> {
  const { policy } = means
  const { id, privileged, heightened, now } = person
  const request = { id: '', personId: id, channel: 'walk-in' as const, createdAt: new Date(now).toISOString() }
  const counting = usableKinds({ ...means, action: 'reset', now, request, privileged, heightened, methods }).size
  const required = requiredKinds({ policy, privileged, heightened })
  return {
    required,
    toRegister: Math.max(required, policy.methodsToRegister),
    counting,
    ready: counting >= required,
    backup: counting > required,
  }
}
