import type { DeskSettings } from '../../../../shared/model/desk-settings'
import { policyNumbers, policySwitches, type PolicyNumberName } from '../../../../shared/policy-fields'

type Policy = DeskSettings['policy']
type PolicySwitchName = keyof typeof policySwitches

interface PolicyGroup {
  readonly id: 'methods' | 'checks' | 'registration' | 'questions' | 'codes' | 'app' | 'queue' | 'desk'
  readonly switches: readonly PolicySwitchName[]
  readonly numbers: readonly PolicyNumberName[]
}

/** Every rule in the group under which it is looked for. */
export const policyGroups: readonly PolicyGroup[] = [
  {
    id: 'methods',
    switches: ['allowApp', 'allowKey', 'allowSms', 'allowVoice', 'allowCallBack', 'allowMail', 'allowQuestions'],
    numbers: [],
  },
  {
    id: 'checks',
    switches: ['callBackNeedsApproval'],
    numbers: [
      'methodsRequired',
      'proofMinutes',
      'failureLimit',
      'failureWindowHours',
      'closureHours',
      'reportClosureHours',
      'coolDownDays',
      'approvalMinutes',
    ],
  },
  {
    id: 'registration',
    switches: ['offerDirectoryData', 'directoryNumbers'],
    numbers: ['methodsToRegister', 'reconfirmDays', 'enrolmentMinutes'],
  },
  { id: 'questions', switches: [], numbers: ['questionsToRegister', 'questionsToAsk'] },
  { id: 'codes', switches: [], numbers: ['codeMinutes', 'codeTries', 'resendMinutes', 'sendsPerDay'] },
  { id: 'app', switches: [], numbers: ['totpStepSeconds', 'totpToleranceSteps'] },
  { id: 'queue', switches: [], numbers: ['dueHours', 'dueSoonMinutes', 'foldHours', 'requestExpiryDays'] },
  {
    id: 'desk',
    switches: [],
    numbers: ['temporaryPasswordLength', 'clipboardSeconds', 'idleLockMinutes', 'auditKeepDays'],
  },
]

/** A rule as it is in force: as the file says, else the default. */
export function numberOf(policy: Policy, name: PolicyNumberName): number {
  const value = policy[name]
  return typeof value === 'number' ? value : policyNumbers[name].standard
}

/** The same for what is on or off. */
export function switchOf(policy: Policy, name: PolicySwitchName): boolean {
  const value = policy[name]
  return typeof value === 'boolean' ? value : policySwitches[name]
}

/** No more questions can be asked than were registered. */
export function maximumOf(policy: Policy, name: PolicyNumberName): number {
  const { max } = policyNumbers[name]
  return name === 'questionsToAsk' ? Math.min(max, numberOf(policy, 'questionsToRegister')) : max
}

/** How many kinds of methods a caller can be checked with (DESIGN.md §5.4): SMS, voice and call-back of a number are one. */
export function allowedKinds(policy: Policy): number {
  const kinds: readonly (readonly PolicySwitchName[])[] = [
    ['allowApp'],
    ['allowSms', 'allowVoice', 'allowCallBack'],
    ['allowKey'],
    ['allowMail'],
    ['allowQuestions'],
  ]
  return kinds.filter((names) => names.some((name) => switchOf(policy, name))).length
}
