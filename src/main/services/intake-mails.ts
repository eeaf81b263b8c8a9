import { randomUUID } from 'node:crypto'
import { AppError } from '../../shared/errors'
import type { IntakeTemplate } from '../../shared/model/intake'
import type { AuditRecorder, AuditScope } from '../audit/audit'
import type { Clock } from '../clock'
import { claimIn, usableTemplates } from '../domain/intake'
import type { CompiledTemplate } from '../domain/intake'
import type { Policy } from '../domain/policy'
import { requestDue, requestExpiry } from '../domain/requests'
import type { RawMail, ReadRawMail } from '../gateways/mailbox'
import type { MailCursor, MailOutcome, MailRequestTimes, MailStore, StoredMail, TakenMail } from '../stores/stores'
import type { SecretVault } from '../vault'
import { deskActor } from './audit-subjects'
import type { Emit } from './events'
import { whoIsMeant } from './intake-people'
import type { FindPeople, IntakePeople } from './intake-people'
import { Turns } from './turns'

export interface IntakeMailsParts {
  readonly mails: MailStore
  readonly audit: AuditRecorder
  readonly vault: Pick<SecretVault, 'seal' | 'open' | 'installationId'>
  readonly clock: Clock
  readonly policy: Pick<Policy, 'requestExpirySeconds' | 'dueSeconds' | 'foldSeconds'>
  readonly emit: Emit
  readonly read: ReadRawMail
  readonly templates: () => Promise<readonly IntakeTemplate[]>
  readonly people: IntakePeople
  /** New requests from mails, for whoever diagnoses them. */
  readonly onEntered: (requestIds: readonly string[]) => void
}

type Answer = Awaited<ReturnType<typeof whoIsMeant>>
type Entered = Extract<MailOutcome, { kind: 'created' | 'folded' }>

const matchedAtOnce = 50
/** After a change of the templates; older ones are left to whoever sorts them. */
const readAgainAtOnce = 500

/** Turns mails into requests: whole batches from the mailbox, and mails that waited for a directory. */
export class IntakeMails {
  readonly #parts: IntakeMailsParts
  /** A mail that waits must not be matched by two look-ups at once. */
  readonly #turns = new Turns()

  constructor(parts: IntakeMailsParts) {
    this.#parts = parts
  }

  /**
   * Takes a batch and moves the cursor behind it, or does neither. While the directory cannot be asked, mails are taken as waiting:
   * the queue must show them. Throws `audit-unavailable`, `desk-closed` and whatever the store has against it.
   */
  async take(mailbox: string, cursor: MailCursor, batch: readonly RawMail[]): Promise<void> {
    const templates = usableTemplates(await this.#parts.templates())
    const find = await this.#finder()
    const taken = await Promise.all(batch.map((mail) => this.#prepare(mail, templates, find)))
    const event = { action: 'intake.take', actor: deskActor, details: { mailbox, mails: batch.length } } as const
    const outcomes = await this.#parts.audit.record(event, async (scope) => {
      const answers = await this.#parts.mails.take(mailbox, cursor, taken, this.times())
      noteOutcomes(scope, answers)
      return answers
    })
    this.#tell(outcomes)
  }

  /** Looks up mails that waited, as long as somebody can be asked. A directory that fails leaves the rest waiting. */
  async matchWaiting(): Promise<void> {
    await this.#turns.take('waiting', async () => {
      const seen = new Set<string>()
      for (;;) {
        const find = await this.#finder()
        if (find === null) return
        const waiting = await this.#parts.mails.waiting(matchedAtOnce)
        const fresh = waiting.filter(({ mail }) => !seen.has(mail.id))
        if (fresh.length === 0) return
        for (const { mail } of fresh) seen.add(mail.id)
        if (!(await this.#matchAll(fresh, find))) return
      }
    })
  }

  /** The templates changed: mails that nobody understood are read by the new ones, and wait for the directory where one fits. */
  async readAgain(): Promise<void> {
    const { mails, emit } = this.#parts
    const templates = usableTemplates(await this.#parts.templates())
    let again = false
    for (const stored of await mails.notUnderstood(readAgainAtOnce)) {
      const { from, subject } = stored.mail
      const claim = claimIn({ address: addressIn(from), subject, text: this.openText(stored) }, templates)
      if (claim.template === null || claim.named.length === 0) continue
      const { name, reason } = claim.template
      again = (await mails.setRead(stored.mail.id, { template: name, reason, named: claim.named })) || again
    }
    if (!again) return
    emit('intake-changed', {})
    await this.matchWaiting()
  }

  /** See {@link IntakePeople.isRefused}. */
  get isIdentityRefused(): boolean {
    return this.#parts.people.isRefused
  }

  times(): MailRequestTimes {
    const { clock, policy } = this.#parts
    const now = clock.now()
    return {
      at: clock.iso(),
      expiresAt: requestExpiry(now, policy),
      dueAt: requestDue(now, policy),
      foldSeconds: policy.foldSeconds,
    }
  }

  /** The text as the mail had it; nothing is left of one whose person was erased. Throws `store-tampered`. */
  openText({ mail, text }: StoredMail): string {
    if (text.length === 0) return ''
    return Buffer.from(this.#parts.vault.open(this.#context(mail.id), text)).toString('utf8')
  }

  #context(mailId: string): string {
    return `mail-text|${this.#parts.vault.installationId}|${mailId}|1`
  }

  /** `null`: nobody is there to ask, or the directory does not answer. */
  async #finder(): Promise<FindPeople | null> {
    try {
      return await this.#parts.people.finder()
    } catch (error) {
      if (isDirectorySilent(error)) return null
      throw error
    }
  }

  async #prepare(raw: RawMail, templates: readonly CompiledTemplate[], find: FindPeople | null): Promise<TakenMail> {
    const { read, vault, clock } = this.#parts
    const id = randomUUID()
    const content = await read(raw)
    const claim = claimIn(content, templates)
    const isBlank = content.text === ''
    const understood = claim.named.length > 0
    const answer = understood && find !== null ? await this.#whoIsMeant(claim.named, find) : null
    const trouble = understood ? null : isBlank ? 'unreadable' : claim.trouble
    return {
      id,
      uid: raw.uid,
      digest: content.digest,
      receivedAt: raw.source.length === 0 ? clock.iso() : raw.receivedAt,
      from: content.from,
      subject: content.subject,
      text: vault.seal(this.#context(id), Buffer.from(content.text, 'utf8')),
      cut: content.cut,
      template: claim.template?.name ?? null,
      reason: claim.template?.reason ?? 'not-said',
      named: claim.named,
      trouble: answer !== null && 'trouble' in answer ? answer.trouble : trouble,
      person: answer !== null && 'person' in answer ? answer.person : null,
    }
  }

  async #whoIsMeant(named: readonly string[], find: FindPeople): Promise<Answer | null> {
    try {
      return await whoIsMeant(named, find)
    } catch (error) {
      if (!isDirectorySilent(error)) throw error
      await this.#parts.people.forget()
      return null
    }
  }

  /** `false`: the directory can no longer be asked. */
  async #matchAll(waiting: readonly StoredMail[], find: FindPeople): Promise<boolean> {
    const answers: { readonly id: string; readonly answer: Answer }[] = []
    for (const stored of waiting) {
      const answer = await this.#whoIsMeant(stored.mail.named, find)
      if (answer === null) break
      answers.push({ id: stored.mail.id, answer })
    }
    if (answers.length === 0) return false

    const event = { action: 'intake.match', actor: deskActor, details: { mails: answers.length } } as const
    const outcomes = await this.#parts.audit.record(event, async (scope) => {
      const settled: MailOutcome[] = []
      for (const { id, answer } of answers) settled.push(await this.#settle(id, answer))
      noteOutcomes(scope, settled)
      return settled
    })
    this.#tell(outcomes)
    return answers.length === waiting.length
  }

  async #settle(id: string, answer: Answer): Promise<MailOutcome> {
    const { mails } = this.#parts
    if ('trouble' in answer) {
      await mails.setUnclear(id, answer.trouble)
      return { kind: 'unclear' }
    }
    try {
      return await mails.match(id, answer.person, null, this.times())
    } catch (error) {
      // A person at the desk was faster.
      if (error instanceof AppError && error.code === 'mail-settled') return { kind: 'known' }
      throw error
    }
  }

  #tell(outcomes: readonly MailOutcome[]): void {
    const { emit, onEntered } = this.#parts
    const entered = outcomes.filter(isEntered)
    if (outcomes.some(({ kind }) => kind !== 'known')) emit('intake-changed', {})
    const ids = new Set(entered.map(({ request }) => request.id))
    const [first] = ids
    if (first !== undefined) emit('queue-changed', { requestId: ids.size === 1 ? first : null })
    const created = entered.filter(({ kind }) => kind === 'created').map(({ request }) => request.id)
    if (created.length > 0) onEntered(created)
  }
}

/** Of `Name <address>` the address; a name may hold what it likes, so only the end counts. */
function addressIn(from: string): string {
  return /<([^<>\s]*)>$/u.exec(from)?.[1] ?? from
}

function isEntered(outcome: MailOutcome): outcome is Entered {
  return outcome.kind === 'created' || outcome.kind === 'folded'
}

function noteOutcomes(scope: AuditScope, outcomes: readonly MailOutcome[]): void {
  const numbers = (kind: Entered['kind']): string =>
    [
      ...new Set(
        outcomes
          .filter(isEntered)
          .filter((one) => one.kind === kind)
          .map(({ request }) => request.number),
      ),
    ].join(' ')
  const count = (kind: MailOutcome['kind']): number => outcomes.filter((outcome) => outcome.kind === kind).length
  const created = numbers('created')
  const folded = numbers('folded')
  scope.note({
    ...(created === '' ? {} : { created }),
    ...(folded === '' ? {} : { folded }),
    waiting: count('waiting'),
    unclear: count('unclear'),
    known: count('known'),
  })
}

/** Nothing is wrong with the mail: it waits until the directory answers again. */
function isDirectorySilent(error: unknown): boolean {
  if (!(error instanceof AppError)) return false
  return (
    error.code.startsWith('directory-') ||
    error.code.startsWith('sign-in-') ||
    error.code === 'session-locked' ||
    error.code === 'not-signed-in'
  )
}
