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

  function policy({ policy: rules }: SettingsView): FactGroup {
    return {
      title: t('settings.policy.title'),
      facts: [
        { name: t('settings.policy.methodsRequired'), values: [String(rules.methodsRequired)] },
        { name: t('settings.policy.proofMinutes'), values: span(rules.proofMinutes * minute) },
        { name: t('settings.policy.failureLimit'), values: [String(rules.failureLimit)] },
        { name: t('settings.policy.closureHours'), values: span(rules.closureHours * hour) },
        { name: t('settings.policy.coolDownDays'), values: span(rules.coolDownDays * day) },
        { name: t('settings.policy.codeMinutes'), values: span(rules.codeMinutes * minute) },
        { name: t('settings.policy.codeTries'), values: [String(rules.codeTries)] },
        { name: t('settings.policy.resendMinutes'), values: span(rules.resendMinutes * minute) },
        { name: t('settings.policy.sendsPerDay'), values: [String(rules.sendsPerDay)] },
        {
          name: t('settings.policy.directoryNumbers'),
          values: [t(rules.directoryNumbers ? 'settings.save.on' : 'settings.save.off')],
        },
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

  return computed(() => {
    const { view } = store
    if (view === null) return {}
    return {
      directory: [directory(view)],
      roles: [roles(view)],
      policy: [policy(view)],
      desk: [file(view), storage(view)],
    }
  })
}
