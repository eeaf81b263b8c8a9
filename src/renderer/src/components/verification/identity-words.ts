import type { Attestation } from '../../../../shared/model/verification'

export type IdentityDocument = Extract<Attestation, { kind: 'in-person' }>['document']

/** Documents in the order in which they are offered: the usual one first. */
export const documentWords: readonly IdentityDocument[] = [
  'employee-card',
  'driving-licence',
  'my-number-card',
  'passport',
  'residence-card',
  'known-by-manager',
]
