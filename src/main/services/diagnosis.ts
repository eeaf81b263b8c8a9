import { AppError } from '../../shared/errors'
import type { ErrorCode } from '../../shared/errors'
import type { PersonId } from '../../shared/model/common'
import type { SsprSettings } from '../../shared/model/desk-settings'
import type { Diagnosis } from '../../shared/model/diagnosis'
import type { RequestReason } from '../../shared/model/request'
import type { Clock } from '../clock'
import { diagnose } from '../domain/diagnosis'
import type { Policy } from '../domain/policy'
import type { Log } from '../log'
import type { MethodStore, RequestStore, ThreatStore } from '../stores/stores'
import type { Codes } from './codes'
import type { Destinations } from './codes-destinations'
import type { Emit } from './events'
import type { Acting } from './session'
import { Turns } from './turns'

interface DiagnosisParts {
  readonly requests: Pick<RequestStore, 'get' | 'setCause'>
  readonly methods: Pick<MethodStore, 'ofPerson'>
  readonly threat: Pick<ThreatStore, 'get'>
  readonly codes: Pick<Codes, 'channels'>
  readonly destinations: Pick<Destinations, 'reach' | 'inDirectory'>
  readonly sspr: SsprSettings
  readonly policy: Policy
  readonly clock: Clock
  readonly emit: Emit
  readonly log: Log
}

/** After one of these the next person cannot be asked about either. */
const hopeless: readonly ErrorCode[] = [
  'directory-unreachable',
  'directory-timeout',
  'directory-certificate',
  'directory-tls-required',
  'directory-no-server',
  'not-signed-in',
  'session-locked',
  'store-unavailable',
]

/** Which of the article's three errors a person meets, why exactly, and what mends it. The rules are in `domain/diagnosis.ts`. */
export class DiagnosisService {
  readonly #parts: DiagnosisParts
  readonly #turns = new Turns()

  constructor(parts: DiagnosisParts) {
    this.#parts = parts
  }

  /** Keeps the cause with the request. Throws `request-not-found`, `person-not-found`, `directory-…`. */
  async ofRequest(acting: Acting, requestId: string): Promise<Diagnosis> {
    const { found, news } = await this.#diagnose(acting, requestId)
    if (news) this.#parts.emit('queue-changed', { requestId })
    return found
  }

  /** Throws `person-not-found`, `directory-…`. */
  ofPerson(acting: Acting, personId: PersonId): Promise<Diagnosis> {
    return this.#of(acting, personId, null)
  }

  /**
   * Diagnoses requests that came without an operator, one after the other so that the queue does not get in anybody's way. Throws
   * nothing: what failed is logged, and diagnosed when somebody opens it. Ends early when the directory cannot be asked.
   */
  async diagnoseMany(acting: Acting, requestIds: readonly string[]): Promise<void> {
    const changed: string[] = []
    for (const requestId of requestIds) {
      try {
        const { news } = await this.#diagnose(acting, requestId)
        if (news) changed.push(requestId)
      } catch (error) {
        this.#parts.log.warn({ err: error, requestId }, 'a request could not be diagnosed')
        if (error instanceof AppError && hopeless.includes(error.code)) break
      }
    }
    const [only] = changed
    if (only !== undefined) this.#parts.emit('queue-changed', { requestId: changed.length === 1 ? only : null })
  }

  /** One after the other for one request: opened while it is diagnosed in the background, it must not be news twice. */
  #diagnose(acting: Acting, requestId: string): Promise<{ found: Diagnosis; news: boolean }> {
    return this.#turns.take(requestId, async () => {
      const request = await this.#parts.requests.get(requestId)
      const found = await this.#of(acting, request.personId, request.reason)
      // A closed request keeps the cause that it was worked on with: reports count it.
      const isLive = request.state === 'open' || request.state === 'claimed'
      const news = found.cause !== request.cause && (isLive || request.cause === null)
      if (news) await this.#parts.requests.setCause(request.id, found.cause)
      return { found, news }
    })
  }

  async #of(acting: Acting, personId: PersonId, reason: RequestReason | null): Promise<Diagnosis> {
    const { methods, threat, codes, destinations, sspr, policy, clock } = this.#parts
    const { directory } = acting
    const firstOf = async (dns: readonly string[]): Promise<string | null> =>
      dns.length === 0 ? null : ((await directory.belongsTo(personId, dns))[0]?.name ?? null)
    const [directoryPerson, registered, elsewhereBy, notWrittenBackBy, inScopeBy] = await Promise.all([
      directory.card(personId),
      methods.ofPerson(personId),
      firstOf(sspr.managedElsewhere),
      firstOf(sspr.withoutWriteBack),
      sspr.scope === 'selected' ? firstOf(sspr.groups) : null,
    ])
    const { card } = directoryPerson
    const reached = await destinations.reach(personId, registered)
    const { heightened } = await threat.get()
    return diagnose({
      now: clock.now(),
      policy,
      person: { id: card.id, state: card.state, privileged: card.privilege.privileged },
      methods: [...reached, ...destinations.inDirectory(directoryPerson, reached)],
      channels: codes.channels,
      heightened,
      scope: sspr.scope,
      inScopeBy,
      elsewhereBy,
      notWrittenBackBy,
      reason,
    })
  }
}
