import { computed, type ComputedRef } from 'vue'
import { useI18n } from 'vue-i18n'
import type { SettingsView } from '../../../../shared/model/settings'
import { formatDuration } from '../../lib/format'
import { useLanguage } from '../../lib/i18n'
import { useSettingsStore } from '../../stores/settings'
import type { Section } from './sections'

interface Fact {
  readonly name: string
  readonly values: readonly string[]
  readonly mono?: boolean
}

interface FactGroup {
  readonly title: string
  readonly hint?: string
  readonly facts: readonly Fact[]
}

const minute = 60
const hour = 3600
const day = 86_400

/** What the configuration says, by section, for those who read it. */
export function useFacts(): ComputedRef<Readonly<Partial<Record<Section, readonly FactGroup[]>>>> {
  const { t } = useI18n()
  const language = useLanguage()
  const store = useSettingsStore()
  const span = (seconds: number): string[] => [formatDuration(seconds, language.value)]

  function directory({ directory: facts }: SettingsView): FactGroup {
    const { kind, servers, peopleBase, caFile, caFingerprint } = facts
    const connection: Fact[] = [
      { name: t('settings.directory.servers'), values: servers, mono: true },
      { name: t('settings.directory.peopleBase'), values: [peopleBase], mono: true },
      { name: t('settings.directory.ca'), values: [caFile || t('settings.directory.system')], mono: caFile !== '' },
      ...(caFingerprint === ''
        ? []
        : [{ name: t('settings.directory.fingerprint'), values: [caFingerprint], mono: true }]),
    ]
    return {
      title: t('settings.directory.title'),
      facts: [
        { name: t('settings.directory.kind'), values: [t(`common.directoryKind.${kind}`)] },
        ...(kind === 'sample' ? [] : connection),
      ],
    }
  }

  function roles(view: SettingsView): FactGroup {
    return {
      title: t('settings.roles.title'),
      hint: t('settings.roles.hint'),
      facts: view.roles.map(({ role, groups }) => ({
        name: t(`common.role.${role}`),
        values: groups.length > 0 ? groups : [t('settings.roles.noGroup')],
        mono: groups.length > 0,
      })),
    }
  }

  const allowable = [
    'allowApp',
    'allowKey',
    'allowSms',
    'allowVoice',
    'allowCallBack',
    'allowMail',
    'allowQuestions',
  ] as const
  const isOn = (on: boolean): string[] => [t(on ? 'settings.save.on' : 'settings.save.off')]

  function methods({ policy: rules }: SettingsView): FactGroup {
    const allowed = allowable.filter((name) => rules[name]).map((name) => t(`connections.policy.fields.${name}`))
    return {
      title: t('settings.policy.methods'),
      facts: [
        { name: t('settings.policy.allowed'), values: allowed.length > 0 ? allowed : [t('settings.file.none')] },
        { name: t('settings.policy.callBackNeedsApproval'), values: isOn(rules.callBackNeedsApproval) },
        { name: t('settings.policy.methodsToRegister'), values: [String(rules.methodsToRegister)] },
        {
          name: t('settings.policy.questions'),
          values: [
            t('settings.policy.questionsValue', { register: rules.questionsToRegister, ask: rules.questionsToAsk }),
          ],
        },
        {
          name: t('settings.policy.reconfirmDays'),
          values: rules.reconfirmDays === 0 ? [t('settings.policy.never')] : span(rules.reconfirmDays * day),
        },
        { name: t('settings.policy.offerDirectoryData'), values: isOn(rules.offerDirectoryData) },
        { name: t('settings.policy.directoryNumbers'), values: isOn(rules.directoryNumbers) },
      ],
    }
  }

  function policy({ policy: rules }: SettingsView): FactGroup {
    return {
      title: t('settings.policy.title'),
      facts: [
        { name: t('settings.policy.methodsRequired'), values: [String(rules.methodsRequired)] },
        { name: t('settings.policy.proofMinutes'), values: span(rules.proofMinutes * minute) },
        { name: t('settings.policy.failureLimit'), values: [String(rules.failureLimit)] },
        { name: t('settings.policy.closureHours'), values: span(rules.closureHours * hour) },
        { name: t('settings.policy.reportClosureHours'), values: span(rules.reportClosureHours * hour) },
        { name: t('settings.policy.approvalMinutes'), values: span(rules.approvalMinutes * minute) },
        { name: t('settings.policy.coolDownDays'), values: span(rules.coolDownDays * day) },
        { name: t('settings.policy.codeMinutes'), values: span(rules.codeMinutes * minute) },
        { name: t('settings.policy.codeTries'), values: [String(rules.codeTries)] },
        { name: t('settings.policy.resendMinutes'), values: span(rules.resendMinutes * minute) },
        { name: t('settings.policy.sendsPerDay'), values: [String(rules.sendsPerDay)] },
        { name: t('settings.policy.dueHours'), values: span(rules.dueHours * hour) },
        { name: t('settings.policy.foldHours'), values: span(rules.foldHours * hour) },
        { name: t('settings.policy.requestExpiryDays'), values: span(rules.requestExpiryDays * day) },
        { name: t('settings.policy.passwordLength'), values: [String(rules.passwordLength)] },
        { name: t('settings.policy.idleLockMinutes'), values: span(rules.idleLockMinutes * minute) },
        { name: t('settings.policy.clipboardSeconds'), values: span(rules.clipboardSeconds) },
      ],
    }
  }

  function file(view: SettingsView): FactGroup {
    return {
      title: t('settings.file.title'),
      facts: [
        { name: t('settings.file.organisation'), values: [view.organisation] },
        {
          name: t('settings.file.file'),
          values: [view.configFile ?? t('settings.file.none')],
          mono: view.configFile !== null,
        },
        { name: t('settings.file.source'), values: [t(`settings.file.sources.${view.configSource}`)] },
        { name: t('settings.file.version'), values: [view.version] },
      ],
    }
  }

  function storage(view: SettingsView): FactGroup {
    return {
      title: t('settings.storage.title'),
      hint: t('settings.storage.hint'),
      facts: [
        { name: t('settings.storage.dataFolder'), values: [view.dataFolder], mono: true },
        { name: t('settings.storage.auditFile'), values: [view.auditFile], mono: true },
        { name: t('settings.storage.vault'), values: [t(`settings.storage.kinds.${view.vault}`)] },
      ],
    }
  }

  function place({ store: where }: SettingsView): FactGroup {
    const server: Fact[] =
      where.kind === 'sqlite'
        ? []
        : [
            { name: t('settings.storage.server'), values: [where.server], mono: true },
            { name: t('settings.storage.database'), values: [where.database], mono: true },
            ...(where.schema === ''
              ? []
              : [{ name: t('settings.storage.schema'), values: [where.schema], mono: true }]),
            { name: t('settings.storage.role'), values: [where.role], mono: true },
            ...(where.caFingerprint === ''
              ? []
              : [{ name: t('settings.directory.fingerprint'), values: [where.caFingerprint], mono: true }]),
          ]
    return {
      title: t('settings.storage.store'),
      hint: t('settings.storage.storeHint'),
      facts: [{ name: t('settings.storage.kind'), values: [t(`settings.storage.stores.${where.kind}`)] }, ...server],
    }
  }

  return computed(() => {
    const { view } = store
    if (view === null) return {}
    return {
      directory: [directory(view)],
      roles: [roles(view)],
      policy: [methods(view), policy(view)],
      desk: [file(view), storage(view), place(view)],
    }
  })
}
