import {
  CircleCheckBig,
  Inbox,
  Keyboard,
  Languages,
  Lock,
  Moon,
  PhoneCall,
  Plus,
  ScrollText,
  Settings,
  ShieldAlert,
  Sun,
  SunMoon,
  UserRoundCheck,
  UserSearch,
} from '@lucide/vue'
import type { Component } from 'vue'
import type { Screen } from '../../lib/access'
import { score } from './match'

/** What the palette can do besides finding people and requests. */
export const commandIds = [
  'new-request',
  'call-request',
  'health',
  'threat',
  'lock',
  'shortcuts',
  'theme-light',
  'theme-dark',
  'theme-system',
  'language-ja',
  'language-en',
] as const
export type CommandId = (typeof commandIds)[number]

export interface Command {
  /** `screen:queue` or an id of {@link commandIds}. */
  readonly id: string
  readonly group: 'actions' | 'screens'
  readonly target: { readonly screen: Screen } | { readonly command: CommandId }
  readonly label: string
  /** Other words for it, in both languages, in kana and in Latin letters. */
  readonly words: readonly string[]
  readonly icon: Component
  /** Key that does the same. */
  readonly keys: string
}

export interface CommandFacts {
  readonly screens: readonly Screen[]
  /** The operator may enter requests. */
  readonly agent: boolean
  /** The operator may switch heightened threat. */
  readonly admin: boolean
  /** The request that is open in the queue and can be worked on by telephone; its number. */
  readonly request: number | null
  readonly theme: 'system' | 'light' | 'dark'
  readonly language: 'ja' | 'en'
}

const icons: Readonly<Record<CommandId | Screen, Component>> = {
  queue: Inbox,
  call: PhoneCall,
  people: UserSearch,
  approvals: UserRoundCheck,
  audit: ScrollText,
  settings: Settings,
  'new-request': Plus,
  'call-request': PhoneCall,
  health: CircleCheckBig,
  threat: ShieldAlert,
  lock: Lock,
  shortcuts: Keyboard,
  'theme-light': Sun,
  'theme-dark': Moon,
  'theme-system': SunMoon,
  'language-ja': Languages,
  'language-en': Languages,
}
const keys: Readonly<Partial<Record<CommandId | Screen, string>>> = { call: 'T', shortcuts: '?' }

type Translate = (key: string, params: Record<string, string | number>, options?: { locale: 'ja' | 'en' }) => string

/** What applies here and now, in the order in which it is offered: what was used last comes first elsewhere. */
export function commandsFor(facts: CommandFacts, t: Translate): readonly Command[] {
  const applies: Readonly<Partial<Record<CommandId, boolean>>> = {
    'new-request': facts.agent,
    'call-request': facts.agent && facts.request !== null,
    threat: facts.admin,
    [`theme-${facts.theme}`]: false,
    [`language-${facts.language}`]: false,
  }
  const params = { number: facts.request ?? '' }
  const wordsOf = (key: string, label: string) =>
    (['ja', 'en'] as const).flatMap((locale) => [
      t(label, params, { locale }),
      ...t(key, {}, { locale }).split(/[、,]\s*/u),
    ])

  return [
    ...commandIds
      .filter((id) => applies[id] ?? true)
      .map((id) => ({
        id,
        group: 'actions' as const,
        target: { command: id },
        label: t(`palette.command.${id}`, params),
        words: wordsOf(`palette.words.${id}`, `palette.command.${id}`),
        icon: icons[id],
        keys: keys[id] ?? '',
      })),
    ...facts.screens.map((screen) => ({
      id: `screen:${screen}`,
      group: 'screens' as const,
      target: { screen },
      label: t(`shell.nav.${screen}`, {}),
      words: wordsOf(`palette.words.${screen}`, `shell.nav.${screen}`),
      icon: icons[screen],
      keys: keys[screen] ?? '',
    })),
  ]
}

/** The commands that answer the query, best first; of equal ones, what was used last. All of them for an empty query. */
export function findCommands(
  query: string,
  commands: readonly Command[],
  recent: readonly string[],
): readonly Command[] {
  const age = (id: string) => (recent.includes(id) ? recent.indexOf(id) : recent.length)
  const empty = query.trim() === ''
  return commands
    .map((command) => ({ command, value: empty ? 1 : score(query, [command.label, ...command.words]) }))
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value - a.value || age(a.command.id) - age(b.command.id))
    .map(({ command }) => command)
}

/** What is looked for among requests: `#12` or `12` is a number, all else a name. */
export function requestQuery(query: string): { readonly text: string; readonly onlyRequests: boolean } {
  const plain = query.normalize('NFKC').trim()
  return plain.startsWith('#')
    ? { text: plain.slice(1).trim(), onlyRequests: true }
    : { text: plain, onlyRequests: false }
}
