import { AppError } from '../../shared/errors'
import type { IntakeTemplate, MailTrouble, TemplateTrial } from '../../shared/model/intake'
import { compilePattern, foldLine, foldText, namesBy } from './intake-pattern'
import type { FoldedLine, PatternProblem, UserPattern } from './intake-pattern'

/** What of a mail the templates read. All of it is an untrusted claim. */
export interface ReadableMail {
  /** Address of the sender as the mail claims; empty: none. */
  readonly address: string
  readonly subject: string
  readonly text: string
}

/** What a mail says by the templates: whom it names, and what keeps it from being understood. */
export interface MailClaim {
  readonly template: IntakeTemplate | null
  /** `several-people` until the directory says that the names are one person's. */
  readonly trouble: Extract<MailTrouble, 'not-understood' | 'nobody-named' | 'several-people'> | null
  /** As the mail writes them, each once; at most 10. */
  readonly named: readonly string[]
}

/** The same, and how far each template fitted, disabled ones too. */
export interface MailReading extends MailClaim {
  readonly readings: TemplateTrial['readings']
}

type Reading = TemplateTrial['readings'][number]

/** Why a template cannot be used; `common.reason.template-invalid` says it. */
type TemplateProblem =
  PatternProblem | 'name-taken' | 'id-taken' | 'no-user-pattern' | 'mark-empty' | 'too-few-marks' | 'sender-invalid'

/** A template ready to read mails with. */
export interface CompiledTemplate {
  readonly template: IntakeTemplate
  readonly senders: readonly string[]
  readonly marks: readonly { readonly text: string; readonly folded: string }[]
  readonly patterns: readonly UserPattern[]
}

/** As many as a mail keeps (`intakeMail.named`). */
const mostNames = 10
/** NFKC makes up to 18 characters of one. */
const longestFolded = 40_000

/** Checks templates and makes them ready. Throws `template-invalid {name, problem, text}`. */
export function compileTemplates(templates: readonly IntakeTemplate[]): CompiledTemplate[] {
  const names = new Set<string>()
  const ids = new Set<string>()
  return templates.map((template) => {
    const folded = foldText(template.name)
    if (names.has(folded)) throw invalid(template, 'name-taken')
    if (ids.has(template.id)) throw invalid(template, 'id-taken')
    names.add(folded)
    ids.add(template.id)
    return compile(template)
  })
}

/** Those of them that can be used: one that an older version let pass must not stop the intake. */
export function usableTemplates(templates: readonly IntakeTemplate[]): CompiledTemplate[] {
  return templates.flatMap((template) => {
    try {
      return [compile(template)]
    } catch (error) {
      if (error instanceof AppError) return []
      throw error
    }
  })
}

function compile(template: IntakeTemplate): CompiledTemplate {
  if (template.userPatterns.length === 0) throw invalid(template, 'no-user-pattern')
  if (template.marksNeeded > template.marks.length) throw invalid(template, 'too-few-marks')
  return {
    template,
    senders: template.senders.map((sender) => {
      const address = sender.normalize('NFKC').toLowerCase()
      if (!isSender(address)) throw invalid(template, 'sender-invalid', sender)
      return address
    }),
    marks: template.marks.map((text) => {
      const folded = foldText(text)
      if (folded === '') throw invalid(template, 'mark-empty', text)
      return { text, folded }
    }),
    patterns: template.userPatterns.map((text) => {
      const pattern = compilePattern(text)
      if ('problem' in pattern) throw invalid(template, pattern.problem, text)
      return pattern
    }),
  }
}

function invalid({ name }: IntakeTemplate, problem: TemplateProblem, text = ''): AppError {
  return new AppError('template-invalid', { name, problem, text })
}

/**
 * Reads one mail. The first enabled template that fits and names somebody wins, else the first that fits. A template fits when
 * the sender is among its senders and enough of its marks are there; one that asks for neither fits a mail that it finds a name in.
 */
export function readMail(mail: ReadableMail, templates: readonly CompiledTemplate[]): MailReading {
  const folded = foldMail(mail)
  const tried = templates.map((compiled) => ({ template: compiled.template, reading: tryOne(folded, compiled) }))
  const fitting = tried.filter(({ template, reading }) => template.enabled && reading.fits)
  const winner = fitting.find(({ reading }) => reading.named.length > 0) ?? fitting[0]
  return {
    ...claimOf(winner?.template ?? null, winner?.reading.named ?? []),
    readings: tried.map(({ reading }) => reading),
  }
}

/** The same without how far the other templates fitted: for many mails. */
export function claimIn(mail: ReadableMail, templates: readonly CompiledTemplate[]): MailClaim {
  const folded = foldMail(mail)
  let fallback: IntakeTemplate | null = null
  for (const compiled of templates) {
    if (!compiled.template.enabled || !isCandidate(folded, compiled)) continue
    const { fits, named } = tryOne(folded, compiled)
    if (fits && named.length > 0) return claimOf(compiled.template, named)
    if (fits) fallback ??= compiled.template
  }
  return claimOf(fallback, [])
}

/** A mail as templates compare it. */
interface FoldedMail {
  readonly lines: readonly FoldedLine[]
  readonly haystack: string
  readonly address: string
}

function foldMail(mail: ReadableMail): FoldedMail {
  const body = mail.text.normalize('NFKC').slice(0, longestFolded)
  const lines = body.split(/\r\n|[\n\r\u2028\u2029]/u).map(foldLine)
  const subject = foldLine(mail.subject.slice(0, longestFolded))
  return {
    lines: [subject, ...lines],
    // Apart from each other, so that no mark is found half in the subject.
    haystack: `${subject.folded}\n${lines.map((line) => line.folded).join('')}`,
    address: mail.address.normalize('NFKC').trim().toLowerCase(),
  }
}

function isCandidate({ haystack, address }: FoldedMail, { template, senders, marks }: CompiledTemplate): boolean {
  if (!isFromAny(address, senders)) return false
  return marks.filter((mark) => haystack.includes(mark.folded)).length >= template.marksNeeded
}

function tryOne({ lines, haystack, address }: FoldedMail, compiled: CompiledTemplate): Reading {
  const { template, senders, marks, patterns } = compiled
  const senderFits = isFromAny(address, senders)
  const marksFound = marks.filter((mark) => haystack.includes(mark.folded)).map((mark) => mark.text)
  const found = patterns.flatMap((pattern) => namesBy(pattern, lines, mostNames + 1))
  const named = eachOnce(found).slice(0, mostNames)
  const asksNothing = senders.length === 0 && template.marksNeeded === 0
  const fits = senderFits && marksFound.length >= template.marksNeeded && (!asksNothing || named.length > 0)
  return { id: template.id, name: template.name, senderFits, marksFound, named, fits }
}

function claimOf(template: IntakeTemplate | null, named: readonly string[]): MailClaim {
  return { template, trouble: troubleOf(template !== null, named.length), named }
}

function troubleOf(fitted: boolean, names: number): MailClaim['trouble'] {
  if (!fitted) return 'not-understood'
  if (names === 0) return 'nobody-named'
  return names > 1 ? 'several-people' : null
}

/** The same name in another case is the same; `name` beside `name@domain` is the fuller one. */
function eachOnce(found: readonly string[]): string[] {
  const byKey = new Map<string, string>()
  for (const name of found) {
    const key = name.toLowerCase()
    if (!byKey.has(key)) byKey.set(key, name)
  }
  const locals = new Set([...byKey.keys()].filter((key) => key.includes('@')).map((key) => key.split('@')[0]))
  return [...byKey].filter(([key]) => key.includes('@') || !locals.has(key)).map(([, name]) => name)
}

/** `desk@example.com`, or `@example.com` for everybody of exactly this domain. */
function isSender(address: string): boolean {
  const at = address.lastIndexOf('@')
  const domain = address.slice(at + 1)
  if (at < 0 || /[\s<>,;"]/u.test(address)) return false
  return domain !== '' && !domain.startsWith('.') && !domain.endsWith('.') && !address.slice(0, at).includes('@')
}

function isFromAny(address: string, senders: readonly string[]): boolean {
  return senders.length === 0 || senders.some((sender) => isFrom(address, sender))
}

function isFrom(address: string, sender: string): boolean {
  return sender.startsWith('@') ? address.slice(address.lastIndexOf('@')) === sender : address === sender
}
