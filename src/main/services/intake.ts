import { AppError } from '../../shared/errors'
import type { PersonId } from '../../shared/model/common'
import type { IntakeMail, IntakeMailDetail, IntakeTemplate, TemplateTrial } from '../../shared/model/intake'
import type { PersonSummary } from '../../shared/model/person'
import type { ResetRequest } from '../../shared/model/request'
import type { Directory } from '../directory/directory'
import { compileTemplates, readMail } from '../domain/intake'
import { readyTemplates } from '../domain/intake-templates'
import type { Mailbox } from '../gateways/mailbox'
import type { SecretReader } from '../gateways/code-gateway'
import type { Log } from '../log'
import type { MailStore, StoredMail, TemplateStore } from '../stores/stores'
import { actorOf } from './audit-subjects'
import { IntakeLoop } from './intake-loop'
import type { IntakeLoopParts, IntakeMailbox } from './intake-loop'
import { IntakeMails } from './intake-mails'
import type { IntakeMailsParts } from './intake-mails'
import { IntakePeople } from './intake-people'
import type { Acting } from './session'

interface MailListing {
  readonly filter: { readonly show: 'to-sort' | 'all' }
  readonly cursor: string | null
  readonly limit: number
}

export interface IntakeParts extends Omit<IntakeMailsParts, 'templates' | 'people'> {
  readonly templates: TemplateStore
  /** `null`: no mailbox is set up. */
  readonly mailbox: {
    readonly settings: IntakeMailbox & { readonly identity: string | null }
    readonly imap: Mailbox
  } | null
  /** `mailbox.password` and `intake.password`. */
  readonly secret: SecretReader
  readonly directory: Pick<Directory, 'signIn'>
  /** The operator at the desk, whose rights may be used to look people up. */
  readonly present: () => Acting | null
  readonly report: IntakeLoopParts['report']
  readonly log: Log
}

const mostOfRequest = 50

/** Mails become requests: by themselves where a template and the directory agree on one person, by hand otherwise. */
export class IntakeService {
  readonly #parts: IntakeParts
  readonly #mails: IntakeMails
  readonly #people: IntakePeople
  readonly #loop: IntakeLoop | null

  constructor(parts: IntakeParts) {
    const { mailbox } = parts
    this.#parts = parts
    this.#people = new IntakePeople({ ...parts, identity: mailbox?.settings.identity ?? null })
    this.#mails = new IntakeMails({ ...parts, people: this.#people, templates: () => this.templates() })
    this.#loop =
      mailbox === null
        ? null
        : new IntakeLoop({
            ...parts,
            settings: mailbox.settings,
            mailbox: mailbox.imap,
            mails: this.#mails,
            store: parts.mails,
          })
  }

  /** Begins to take mails; without a mailbox there is nothing to do. Idempotent. */
  start(): void {
    if (this.#loop === null) this.#parts.report('mailbox', { state: 'off', code: 'off', params: {} })
    else this.#loop.start()
  }

  /** Resolves when no mail is under way any more; before the stores close. */
  async stop(): Promise<void> {
    await this.#loop?.stop()
    await this.#people.forget()
  }

  /** Opens the mailbox again now rather than after its pause. */
  retry(): void {
    this.#loop?.retry()
  }

  /** Somebody can be asked now: whom the waiting mails are about is looked up. Never throws. */
  async onSessionBegin(): Promise<void> {
    try {
      await this.#mails.matchWaiting()
    } catch (error) {
      this.#parts.log.error({ err: error }, 'waiting mails could not be matched')
    }
  }

  async list({ filter, cursor, limit }: MailListing): ReturnType<MailStore['list']> {
    return this.#parts.mails.list({ show: filter.show, cursor, limit })
  }

  /** Throws `mail-not-found`. The mail is shown even while the directory cannot say who is meant. */
  async get(acting: Acting, mailId: string): Promise<IntakeMailDetail> {
    const stored = await this.#parts.mails.get(mailId)
    return this.#detail(stored, await candidates(acting, stored.mail.named))
  }

  async ofRequest(requestId: string, limit = mostOfRequest): Promise<IntakeMailDetail[]> {
    const stored = await this.#parts.mails.ofRequest(requestId, limit)
    return stored.map((mail) => this.#detail(mail, []))
  }

  /** Throws `person-not-found`, `role-required`, `self-action`, `mail-settled`, `mail-not-found`. */
  async match(acting: Acting, mailId: string, personId: PersonId): Promise<ResetRequest> {
    const { mails, audit, emit, onEntered } = this.#parts
    const { card } = await acting.directory.card(personId)
    const event = {
      action: 'intake.match',
      actor: actorOf(acting),
      target: { id: card.id, name: card.name },
      details: { mailId },
    } as const
    const { kind, request } = await audit.record(event, async (scope) => {
      const operator = await acting.current('agent')
      if (operator.id === card.id) throw new AppError('self-action')
      const { id, name, reading, userId, department } = card
      const by = { id: operator.id, name: operator.name }
      const entered = await mails.match(mailId, { id, name, reading, userId, department }, by, this.#mails.times())
      scope.note({ number: entered.request.number, folded: entered.kind === 'folded' })
      return entered
    })
    emit('intake-changed', {})
    emit('queue-changed', { requestId: request.id })
    if (kind === 'created') onEntered([request.id])
    return request
  }

  /** A mail that asks for nothing. Throws `reason-required`, `role-required`, `mail-settled`, `mail-not-found`. */
  async dismiss(acting: Acting, mailId: string, reason: string): Promise<IntakeMail> {
    const { mails, audit, clock, emit } = this.#parts
    const event = { action: 'intake.dismiss', actor: actorOf(acting), details: { mailId, reason } } as const
    const dismissed = await audit.record(event, async () => {
      const { id, name } = await acting.current('agent')
      if (reason === '') throw new AppError('reason-required')
      return mails.dismiss(mailId, { id, name }, clock.iso(), reason)
    })
    emit('intake-changed', {})
    return dismissed
  }

  async templates(): Promise<IntakeTemplate[]> {
    return (await this.#parts.templates.all()) ?? [...readyTemplates]
  }

  /** Those that a new desk has, for whoever wants them back. */
  readyTemplates(): Promise<IntakeTemplate[]> {
    return Promise.resolve([...readyTemplates])
  }

  /** For mails that come from now on, and those that nobody has understood so far. Throws `role-required`, `template-invalid`. */
  async saveTemplates(acting: Acting, templates: readonly IntakeTemplate[]): Promise<IntakeTemplate[]> {
    const { audit, templates: store, emit, log } = this.#parts
    // Names and numbers only: a pattern may quote a mail.
    const names = templates.map(({ name }) => name).join(' · ')
    const details = { templates: templates.length, names: names.slice(0, 500) }
    await audit.record({ action: 'intake.templates', actor: actorOf(acting), details }, async () => {
      await acting.current('admin')
      compileTemplates(templates)
      await store.save(templates)
    })
    try {
      await this.#mails.readAgain()
    } catch (error) {
      // They are saved; what could not be read again stays in the list for a person.
      log.error({ err: error }, 'mails could not be read again')
    }
    emit('intake-changed', {})
    return this.templates()
  }

  /** What these templates make of a pasted mail, raw or just its text. Throws `template-invalid`. */
  async tryTemplates(raw: string, templates: readonly IntakeTemplate[]): Promise<TemplateTrial> {
    const compiled = compileTemplates(templates)
    const source = Buffer.from(looksRaw(raw) ? raw : `Content-Type: text/plain; charset=utf-8\r\n\r\n${raw}`, 'utf8')
    const mail = { source, size: source.length, uid: 0, receivedAt: this.#parts.clock.iso() }
    const content = await this.#parts.read(mail)
    const { template, trouble, named, readings } = readMail(content, compiled)
    return {
      from: content.from,
      subject: content.subject,
      text: content.text,
      template: template?.name ?? null,
      trouble: content.text === '' && named.length === 0 ? 'unreadable' : trouble,
      named: [...named],
      readings: [...readings],
    }
  }

  #detail(stored: StoredMail, found: PersonSummary[]): IntakeMailDetail {
    return { mail: stored.mail, text: this.#mails.openText(stored), candidates: found }
  }
}

async function candidates(acting: Acting, named: readonly string[]): Promise<PersonSummary[]> {
  try {
    const found = await Promise.all(named.map((name) => acting.directory.find(name)))
    return [...new Map(found.flat().map((person) => [person.id, person])).values()]
  } catch (error) {
    if (error instanceof AppError) return []
    throw error
  }
}

/** Whether a pasted text has the head of a mail: its first lines are fields, and one of them is of a mail only. */
function looksRaw(text: string): boolean {
  const head = text.slice(0, 20_000).split(/\r?\n\r?\n/u, 1)[0] ?? ''
  return head
    .split(/\r?\n/u)
    .some((line) => /^(?:from|received|return-path|message-id|mime-version|delivered-to):/iu.test(line.slice(0, 40)))
}
