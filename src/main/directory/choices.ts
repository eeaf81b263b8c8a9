import type { DirectoryEntry } from '../../shared/model/desk-settings'
import { all, beginsWith, either } from './filters'
import type { Filter } from 'ldapts'
import { nameOfDn } from './dn'
import type { Attributes } from './values'
import { readable } from './values'

/** An entry as it can be chosen: by the first of these attributes that has a value, else by its DN. */
export function choiceOf(entry: Attributes, names: readonly string[]): DirectoryEntry {
  const name = entry.first(...names)
  return {
    dn: entry.dn,
    name: name === '' ? readable(nameOfDn(entry.dn)) : name,
    description: entry.first('description'),
  }
}

/** Choices by name, as people look for them. */
export function choicesInOrder(entries: readonly DirectoryEntry[]): DirectoryEntry[] {
  return entries.toSorted((a, b) => a.name.localeCompare(b.name, 'ja') || a.dn.localeCompare(b.dn))
}

/** What somebody typed to find a choice; empty: the first ones there are. */
export function choiceWords(query: string): string {
  return query
    .normalize('NFC')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
}

/** Entries of a kind whose name begins with what was typed. */
export function choiceFilter(kind: Filter, query: string, names: readonly string[]): Filter {
  const words = choiceWords(query)
  return words === '' ? kind : all(kind, either(...names.map((name) => beginsWith(name, words))))
}
