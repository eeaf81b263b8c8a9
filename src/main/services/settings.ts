import { roles } from '../../shared/model/operator'
import type { PolicyView, SettingsView } from '../../shared/model/settings'
import { authorityFingerprint } from '../config'
import type { DeskConfig, StoreConfig } from '../config'
import type { Policy } from '../domain/policy'
import type { ProtectionKind } from '../vault'
import type { PreferencesService } from './preferences'
import type { Acting } from './session'

interface SettingsParts {
  readonly config: DeskConfig
  readonly version: string
  readonly vault: ProtectionKind
  readonly dataFolder: string
  readonly auditFile: string
  readonly preferences: PreferencesService
}

/** The configuration in force, as everybody at the desk may see it; `DeskSettingsService` changes it. */
export class SettingsService {
  readonly #parts: SettingsParts

  constructor(parts: SettingsParts) {
    this.#parts = parts
  }

  async view(acting: Acting): Promise<SettingsView> {
    const { config, version, vault, dataFolder, auditFile, preferences } = this.#parts
    const { directory } = config
    return {
      version,
      configFile: config.file,
      configSource: config.source,
      organisation: config.organisation,
      directory: {
        kind: acting.directory.kind,
        servers: directory.servers.length > 0 ? [...directory.servers] : [acting.directory.server],
        peopleBase: directory.peopleBase ?? acting.directory.directoryId,
        caFile: directory.caFile ?? '',
        caFingerprint: authorityFingerprint(directory.ca),
      },
      roles: roles.map((role) => ({ role, groups: [...directory.roles[role]] })),
      policy: shown(config.policy),
      vault,
      dataFolder,
      auditFile,
      store: placeOf(config.store),
      preferences: await preferences.get(),
    }
  }
}

function placeOf(store: StoreConfig): SettingsView['store'] {
  if (store.kind === 'sqlite') return { kind: 'sqlite' }
  const { kind, host, port, database, schema, user, ca } = store
  const server = `${host}:${port}`
  return { kind, server, database, schema: schema ?? '', role: user, caFingerprint: authorityFingerprint(ca) }
}

function shown(policy: Policy): PolicyView {
  return {
    methodsRequired: policy.methodsRequired,
    proofMinutes: Math.round(policy.proofSeconds / 60),
    failureLimit: policy.failureLimit,
    closureHours: Math.round(policy.closureSeconds / 3600),
    coolDownDays: Math.round(policy.coolDownSeconds / 86_400),
    passwordLength: policy.temporaryPasswordLength,
    idleLockMinutes: Math.round(policy.idleLockSeconds / 60),
    requestExpiryDays: Math.round(policy.requestExpirySeconds / 86_400),
    clipboardSeconds: policy.clipboardSeconds,
    dueHours: Math.round(policy.dueSeconds / 3600),
    foldHours: Math.round(policy.foldSeconds / 3600),
    codeMinutes: Math.round(policy.codeSeconds / 60),
    codeTries: policy.codeTries,
    resendMinutes: Math.round(policy.resendSeconds / 60),
    sendsPerDay: policy.sendsPerDay,
    directoryNumbers: policy.directoryNumbers,
    methodsToRegister: policy.methodsToRegister,
    questionsToRegister: policy.questionsToRegister,
    questionsToAsk: policy.questionsToAsk,
    reconfirmDays: Math.round(policy.reconfirmSeconds / 86_400),
    approvalMinutes: Math.round(policy.approvalSeconds / 60),
    reportClosureHours: Math.round(policy.reportClosureSeconds / 3600),
    allowApp: policy.allowApp,
    allowKey: policy.allowKey,
    allowSms: policy.allowSms,
    allowVoice: policy.allowVoice,
    allowCallBack: policy.allowCallBack,
    allowMail: policy.allowMail,
    allowQuestions: policy.allowQuestions,
    callBackNeedsApproval: policy.callBackNeedsApproval,
    offerDirectoryData: policy.offerDirectoryData,
  }
}
