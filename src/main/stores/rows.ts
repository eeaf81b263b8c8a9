import { AppError } from '../../shared/errors'
import type { SecretVault } from '../vault'

/** What a row's MAC covers: every column that decides something, in a fixed order. */
export type RowParts = readonly (string | number | null)[]

/** The MAC of a row of this table. The table is part of it: a row's MAC does not fit elsewhere. */
export function rowMac(vault: SecretVault, table: string, parts: RowParts): string {
  return vault.mac(`store|${table}`, ...parts)
}

/** Throws `store-tampered` naming table and row when the row was changed by another hand than this desk's. */
export function assertRow(vault: SecretVault, table: string, row: string, mac: string, parts: RowParts): void {
  try {
    vault.assertMac(mac, `store|${table}`, ...parts)
  } catch (error) {
    if (error instanceof AppError && error.code === 'store-tampered') {
      throw new AppError('store-tampered', { table, row }, { cause: error })
    }
    throw error
  }
}

/** These in runs of at most `size`, in their order: a statement takes only so many values. */
export function inChunks<T>(all: readonly T[], size: number): (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size))
}
