import type { Attestation, AttestationKind, CallBackEvidence } from '../../../../shared/model/verification'

export type IdentityDocument = Extract<Attestation, { kind: 'in-person' }>['document']

/** Ways to confirm who somebody is. */
export type IdentityWay = Exclude<AttestationKind, 'second-person'>

/** Documents in the order in which they are offered: the usual one first. */
export const documentWords: readonly IdentityDocument[] = [
  'employee-card',
  'driving-licence',
  'my-number-card',
  'passport',
  'residence-card',
  'known-by-manager',
]

/** What may have been asked on a call-back; what is always asked comes first. */
export const callBackPoints: readonly CallBackEvidence['asked'][number][] = [
  'confirmed-request',
  'own-name',
  'recognised-voice',
  'manager-confirmed',
]

/** Types that a method may be named after when it was imported without a name. */
const importedTypes: readonly string[] = ['mobile', 'alternative', 'office', 'mail']

/** What a proof names, in words: a document and an imported method come as a code, everything else as it is (a device). */
export function proofWords(label: string, t: (key: string) => string): string {
  if (importedTypes.includes(label)) return t(`verification.type.${label}`)
  return documentWords.some((document) => document === label) ? t(`verification.attest.documents.${label}`) : label
}
