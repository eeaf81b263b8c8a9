import type { AuditAction, AuditRow } from '../../../../shared/model/audit'
import { hasWords } from '../../lib/i18n'
import { fieldWords, valueWords } from '../settings/changes'

type ActionGroup = AuditAction extends `${infer G}.${string}` ? G : never

/** The actions of each group of the filter. */
export const actionGroups: { readonly [G in ActionGroup]: readonly Extract<AuditAction, `${G}.${string}`>[] } = {
  session: ['session.sign-in', 'session.unlock', 'session.lock', 'session.sign-out'],
  request: [
    'request.create',
    'request.claim',
    'request.release',
    'request.hand-over',
    'request.note',
    'request.complete',
    'request.refuse',
    'request.reopen',
    'request.expire',
    'request.repeat',
  ],
  intake: ['intake.take', 'intake.match', 'intake.dismiss', 'intake.templates'],
  verification: [
    'verification.send',
    'verification.check',
    'verification.attest',
    'verification.approve',
    'verification.reopen-checks',
    'verification.draw',
    'verification.dial',
    'verification.reverse',
    'verification.report',
  ],
  registration: [
    'registration.start',
    'registration.confirm',
    'registration.remove',
    'registration.rename',
    'registration.default',
    'registration.import-check',
    'registration.import',
    'registration.questions',
  ],
  privacy: ['privacy.reveal', 'privacy.export', 'privacy.erase'],
  threat: ['threat.set'],
  reset: ['reset.password', 'reset.unlock', 'reset.recheck', 'reset.copy-password'],
  audit: ['audit.verify', 'audit.save-copy'],
  vault: ['vault.create', 'vault.recover'],
  settings: ['settings.save', 'settings.try'],
  desk: ['desk.started'],
}

/** Which group the filter shows. */
export type GroupChoice = ActionGroup | 'all'

type Translate = (key: string, params?: Record<string, string | number>) => string

/** The outcome of a row in words: its own word, else the title of the refusal whose code it is. */
export function outcomeWords(outcome: string, t: Translate): string {
  if (hasWords(`audit.outcome.${outcome}`)) return t(`audit.outcome.${outcome}`)
  if (hasWords(`errors.${outcome}.title`)) return t(`errors.${outcome}.title`)
  return t('audit.outcome.other', { word: outcome })
}

export function outcomeTone(outcome: string): 'neutral' | 'ok' | 'warn' | 'danger' {
  if (outcome === 'started') return 'neutral'
  if (outcome === 'succeeded') return 'ok'
  if (outcome === 'indeterminate' || outcome === 'partly' || outcome === 'copied') return 'warn'
  return 'danger'
}

// Facts that hold several words; everything else is one word, or text that a person typed and that must stay as it is.
const lists = new Set(['roles', 'kinds', 'missed', 'evidence'])

/** One fact of a row: its name and value in words where there are some, as recorded otherwise. */
export function factWords(
  row: AuditRow,
  name: string,
  t: Translate,
): { readonly name: string; readonly value: string } {
  const value = row.details[name]
  if (row.action === 'settings.save') return changeWords(name, String(value ?? ''), t)
  const label = hasWords(`audit.fact.${name}`) ? t(`audit.fact.${name}`) : name
  if (typeof value === 'boolean') return { name: label, value: t(value ? 'audit.detail.yes' : 'audit.detail.no') }
  const text = String(value ?? '')
  const words = lists.has(name) ? text.split(/[\s,]+/u).filter(Boolean) : [text]
  return { name: label, value: words.map((word) => valueWord(word, t)).join(' · ') }
}

/** A changed setting is named as its form names it. */
function changeWords(name: string, value: string, t: Translate): { readonly name: string; readonly value: string } {
  const label = hasWords(`audit.fact.${name}`) ? t(`audit.fact.${name}`) : (fieldWords(name, t) ?? name)
  if (name === 'changed') {
    const fields = value.split(' ').filter(Boolean)
    return { name: label, value: fields.map((field) => fieldWords(field, t) ?? field).join(' · ') }
  }
  if (name === 'secrets') return { name: label, value: value.split(' ').join(' · ') }
  const ends = value.split(' → ')
  return { name: label, value: ends.map((end) => settingWord(name, end, t)).join(' → ') }
}

function settingWord(name: string, value: string, t: Translate): string {
  if (value === 'true' || value === 'false') return t(value === 'true' ? 'settings.save.on' : 'settings.save.off')
  return valueWords(name, value, t)
}

function valueWord(word: string, t: Translate): string {
  if (!/^[a-z-]+$/u.test(word)) return word
  const key = ['audit.value', 'common.role', 'audit.verify.problem'].find((place) => hasWords(`${place}.${word}`))
  return key === undefined ? word : t(`${key}.${word}`)
}
