import type { WaitingApproval } from '../../../../shared/model/verification'
import { proofWords } from '../verification/identity-words'

/** What the agent saw, heard or asks for, in words: "In person: Passport", "Call back: ••• 5678". */
export function evidenceWords(
  { attestation, label }: Pick<WaitingApproval, 'attestation' | 'label'>,
  t: (key: string) => string,
): string {
  const kind = t(`approvals.evidence.${attestation}`)
  return label === '' || attestation === 'second-person' ? kind : `${kind}: ${proofWords(label, t)}`
}
