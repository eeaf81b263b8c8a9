import type { PersonId } from '../../shared/model/common'
import type { ResetRequest } from '../../shared/model/request'
import type { CodeChannel, MethodType, MethodWay, ProofKind, RegisteredMethod } from '../../shared/model/verification'
import type { Policy } from './policy'

/** What the caller asks for. Unlocking is the lesser part of a reset and needs the same. */
export type GateAction = 'reset' | 'unlock' | 'access-code' | 'registration'

/** What the rules need of a registered method; the stores' rows fit. */
export interface MethodFacts {
  readonly id: string
  readonly personId: PersonId
  readonly type: MethodType
  readonly kind: ProofKind
  readonly registeredAt: string
  /** `null`: imported, nobody has proven it. */
  readonly confirmedAt: string | null
  readonly firstInPerson: boolean
  /** Whether text messages reach the number; by its type where that was not asked. */
  readonly takesText?: boolean
}

/** The part of the policy that says which methods count. */
type MethodPolicy = Pick<
  Policy,
  | 'methodsRequired'
  | 'coolDownSeconds'
  | 'allowApp'
  | 'allowSms'
  | 'allowVoice'
  | 'allowCallBack'
  | 'allowKey'
  | 'allowMail'
  | 'allowQuestions'
>

/** What is set up here for checks: without it a method is none that anybody can pass. */
export interface CheckMeans {
  /** Ways in which codes can be sent. */
  readonly channels: readonly CodeChannel[]
  /** Security keys can be used at this machine. */
  readonly keyReader: boolean
}

/** Which methods count for this request, and why not. */
export interface MethodContext extends CheckMeans {
  readonly action: GateAction
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly policy: MethodPolicy
  readonly request: Pick<ResetRequest, 'id' | 'personId' | 'channel' | 'createdAt'>
  /** Re-read from the directory. */
  readonly privileged: boolean
  /** Heightened threat is on: no weak kind counts, for nobody (DOMAIN.md C2). */
  readonly heightened: boolean
  /** Everything that is registered for the person, and the directory's numbers that the policy lets count. */
  readonly methods: readonly MethodFacts[]
}

export interface MethodUsability {
  readonly unusable: RegisteredMethod['unusable']
  /** End of the waiting time of a `cooling-down` method, UTC ISO. */
  readonly usableAt: string | null
}

/** Kinds that resist a relayed code or a stolen number (DESIGN.md §5.4). */
export function isStrong(kind: ProofKind): boolean {
  return kind === 'app' || kind === 'key'
}

/** Whether a registered method can be asked for at this request, and if not, why; whatever was proven already. */
export function methodUsability(method: MethodFacts, context: MethodContext): MethodUsability {
  const never = excluded(method, context)
  if (never !== null) return { unusable: never, usableAt: null }
  if (isAnchor(method, context, context.now)) return { unusable: null, usableAt: null }

  const besideOlder =
    requiredKinds(context) > 1 &&
    context.methods.some(
      (other) =>
        other.kind !== method.kind && excluded(other, context) === null && isAnchor(other, context, context.now),
    )
  if (besideOlder) return { unusable: null, usableAt: null }

  const registeredAt = Date.parse(method.registeredAt)
  const usableAt = Number.isNaN(registeredAt)
    ? null
    : new Date(registeredAt + context.policy.coolDownSeconds * 1000).toISOString()
  return { unusable: 'cooling-down', usableAt }
}

/** A way that is closed by set-up or policy; waiting does not open it. */
export interface WayStanding {
  readonly way: MethodWay['way']
  readonly refusal: Extract<MethodWay['refusal'], 'no-gateway' | 'not-a-mobile' | 'not-in-policy'> | null
}

/** The ways of reaching the person by a method, in the order in which they are offered; none for one that nothing is sent for. */
export function methodWays(
  { kind, type, takesText = type !== 'office' }: Pick<MethodFacts, 'kind' | 'type' | 'takesText'>,
  { policy, channels }: Pick<MethodContext, 'policy' | 'channels'>,
): WayStanding[] {
  const sent = (way: CodeChannel, allowed: boolean): WayStanding => ({
    way,
    refusal: !allowed ? 'not-in-policy' : channels.includes(way) ? null : 'no-gateway',
  })
  if (kind === 'mail') return [sent('mail', policy.allowMail)]
  if (kind !== 'phone') return []

  const text = takesText ? sent('sms', policy.allowSms) : ({ way: 'sms', refusal: 'not-a-mobile' } as const)
  return [
    ...(type === 'office' ? [] : [text]),
    sent('voice', policy.allowVoice),
    { way: 'call-back', refusal: policy.allowCallBack ? null : 'not-in-policy' },
  ]
}

/** Kinds that the person can be checked by now. */
export function usableKinds(context: MethodContext): Set<ProofKind> {
  const usable = context.methods.filter((method) => methodUsability(method, context).unusable === null)
  return new Set(usable.map(({ kind }) => kind))
}

export function hasTooFewMethods(context: MethodContext): boolean {
  return usableKinds(context).size < requiredKinds(context)
}

/**
 * How many kinds of methods a person needs: both strong ones where only those count, that is for a privileged person and for everybody
 * under heightened threat, whatever the policy says.
 */
export function requiredKinds(context: {
  readonly policy: Pick<Policy, 'methodsRequired'>
  readonly privileged: boolean
  readonly heightened: boolean
}): number {
  return context.privileged || context.heightened ? 2 : Math.max(1, context.policy.methodsRequired)
}

/** Whether the person should prove again to have it: the policy's time is over since they last did. */
export function isDueForConfirmation(
  { confirmedAt }: Pick<MethodFacts, 'confirmedAt'>,
  now: number,
  { reconfirmSeconds }: Pick<Policy, 'reconfirmSeconds'>,
): boolean {
  return reconfirmSeconds > 0 && confirmedAt !== null && now - Date.parse(confirmedAt) >= reconfirmSeconds * 1000
}

/** Why a method can never count for this request, however long one waits. */
export function excluded(
  method: MethodFacts,
  context: MethodContext,
): Exclude<RegisteredMethod['unusable'], 'cooling-down' | 'same-kind'> {
  const { request } = context
  if (method.personId !== request.personId || method.kind === 'attested') return 'not-in-policy'
  if (!(Date.parse(method.registeredAt) <= Date.parse(request.createdAt))) return 'registered-after-request'
  if (method.confirmedAt === null) return 'unconfirmed'
  if (!isAllowed(method, context)) return 'not-in-policy'
  if (context.privileged && !isStrong(method.kind)) return 'not-for-privileged'
  if (context.heightened && !isStrong(method.kind)) return 'weak'
  const resetOnly = method.kind === 'mail' || method.kind === 'knowledge'
  if (resetOnly && context.action !== 'reset' && context.action !== 'unlock') return 'not-in-policy'
  if (method.kind !== 'key') return null
  if (request.channel !== 'walk-in') return 'needs-presence'
  return context.keyReader ? null : 'no-key-reader'
}

/** Old enough to count by itself, or the first one after proofing in person. */
export function isAnchor(method: MethodFacts, context: Pick<MethodContext, 'policy'>, at: number): boolean {
  return method.firstInPerson || at - Date.parse(method.registeredAt) >= context.policy.coolDownSeconds * 1000
}

/** By the policy, and by what is set up: a number or address that nothing can be sent to is no method that anybody can pass. */
function isAllowed(method: MethodFacts, context: MethodContext): boolean {
  const { policy } = context
  switch (method.kind) {
    case 'app':
      return policy.allowApp
    case 'key':
      return policy.allowKey
    case 'knowledge':
      return policy.allowQuestions
    case 'phone':
    case 'mail':
      return methodWays(method, context).some(({ refusal }) => refusal === null)
    case 'attested':
      return false
  }
}
