import type { AuditStore } from '../audit/audit'
import type { Clock } from '../clock'
import type { DeskConfig } from '../config'
import type { Directory } from '../directory/directory'
import type { AuthenticatorAppStart } from '../gateways/authenticator-app'
import type { ReadImportFile } from '../gateways/import-file'
import type { Mailbox, ReadRawMail } from '../gateways/mailbox'
import type { RelyingParty, SecurityKeys } from '../gateways/security-key'
import type { NumberReader } from '../gateways/sms'
import type { EnrollableMethod } from '../gateways/verification-method'
import type { Log } from '../log'
import type { Stores } from '../stores/stores'
import type { ProtectionKind, SecretVault } from '../vault'
import { Approvals } from './approvals'
import { ApprovalList } from './approvals-waiting'
import { Arrivals } from './arrivals'
import { AuditService } from './audit'
import { deskActor } from './audit-subjects'
import { Codes } from './codes'
import type { CodeGateways } from './codes'
import { Destinations } from './codes-destinations'
import type { DesktopPort } from './desktop'
import { DiagnosisService } from './diagnosis'
import type { Emit } from './events'
import { HealthService } from './health'
import { fine, preferredServer } from './health-reports'
import { ImportsService } from './imports'
import { IntakeService } from './intake'
import { LinkService } from './links'
import { NotificationService } from './notifications'
import { PeopleService } from './people'
import { PersonVault } from './person-vault'
import type { PreferencesService } from './preferences'
import { PrivacyService } from './privacy'
import { QuestionsService } from './questions'
import { RegistrationService } from './registration'
import { RequestsService } from './requests'
import { ResetService } from './reset'
import { SecurityKeyService } from './security-keys'
import { SessionService } from './session'
import { SettingsService } from './settings'
import type { SecretsService } from './secrets'
import type { SettingsDesk } from './connections'
import { ThreatService } from './threat'
import { VerificationService } from './verification'

/** Everything that the services of an opened desk stand on. */
export interface WorkplaceParts {
  readonly config: DeskConfig
  readonly directory: Directory
  readonly stores: Stores
  readonly audit: AuditStore
  readonly vault: SecretVault
  readonly kept: ProtectionKind
  readonly app: EnrollableMethod<AuthenticatorAppStart>
  /** By channel; `null`: none is set up. */
  readonly gateways: CodeGateways
  readonly readNumber: NumberReader
  /** `null`: none is set up. */
  readonly mailbox: Mailbox | null
  /** `null`: no RP ID is configured. */
  readonly keys: SecurityKeys | null
  readonly relyingParty: RelyingParty
  readonly readMail: ReadRawMail
  readonly readImportFile: ReadImportFile
  readonly secrets: SecretsService
  readonly desktop: DesktopPort
  readonly preferences: PreferencesService
  readonly emit: Emit
  readonly clock: Clock
  readonly log: Log
  readonly version: string
  readonly dataFolder: string
  readonly auditFile: string
  /** On the disk that the data folder lies on. */
  readonly freeBytes: () => Promise<number>
  /** A file for this user only; throws `file-not-written`. */
  readonly writeFile: (file: string, text: string) => Promise<void>
}

/** The services of one opened desk. */
export interface Workplace extends SettingsDesk {
  readonly session: SessionService
  readonly people: PeopleService
  readonly requests: RequestsService
  readonly intake: IntakeService
  readonly diagnosis: DiagnosisService
  readonly health: HealthService
  readonly notifications: NotificationService
  readonly verification: VerificationService
  readonly approvals: ApprovalList
  readonly threat: ThreatService
  readonly securityKeys: SecurityKeyService
  readonly registration: RegistrationService
  readonly questions: QuestionsService
  readonly imports: ImportsService
  readonly reset: ResetService
  readonly privacy: PrivacyService
  readonly audit: AuditService
  readonly settings: SettingsService
  readonly links: LinkService
}

/** More than one request can have. */
const everyMail = 100_000

/** How the health line calls a channel. */
const partOf = { sms: 'sms', voice: 'voice', mail: 'mail-out' } as const

/** Puts the services together and lets the session's end take every secret with it. */
export function createWorkplace(parts: WorkplaceParts): Workplace {
  const { config, directory, stores, audit, vault, app, gateways, desktop, log } = parts
  const { policy, organisation } = config
  const { idleLockSeconds } = policy
  const { sms, voice, mail } = gateways
  const approvals = new Approvals(directory)
  const session = new SessionService({
    ...parts,
    idleLockSeconds,
    heard: (code, server) => health.heard(code, server),
  })
  const health = new HealthService({
    ...parts,
    present: () => session.present(),
    preferredServer: preferredServer(config.directory.servers),
    setUp: [
      ...(config.mailbox === null ? [] : (['mailbox'] as const)),
      ...(config.sms === null ? [] : (['sms'] as const)),
      ...(config.voice === null ? [] : (['voice'] as const)),
      ...(config.smtp === null ? [] : (['mail-out'] as const)),
    ],
    ask: {
      ...(sms !== null && { sms: () => sms.reach().then(() => fine) }),
      ...(voice !== null && { voice: () => voice.reach().then(() => fine) }),
      ...(mail !== null && { 'mail-out': () => mail.reach().then(() => fine) }),
    },
    store: { closed: () => audit.closed, read: () => stores.preferences.get(), freeBytes: parts.freeBytes },
  })
  const codes = new Codes({
    ...parts,
    codes: stores.codes,
    policy,
    organisation,
    report: (channel, report) => health.report(partOf[channel], report),
  })
  const personVault = new PersonVault(vault, stores)
  const destinations = new Destinations({ ...parts, personVault, policy })
  const securityKeys = new SecurityKeyService(parts)
  const rpId = config.securityKey?.rpId ?? null
  const questions = new QuestionsService({ questions: stores.questions, vault, personVault, audit })
  const checks = { ...parts, policy, codes, destinations, securityKeys, personVault, rpId }
  const registration = new RegistrationService({
    ...checks,
    questions,
    approvals,
    organisation,
    mailDomains: config.mailDomains,
  })
  const imports = new ImportsService(checks)
  const reset = new ResetService(checks)

  const notifications = new NotificationService({
    ...parts,
    requests: stores.requests,
    systemLanguage: () => (Intl.DateTimeFormat().resolvedOptions().locale.startsWith('ja') ? 'ja' : 'en'),
  })

  const diagnosis = new DiagnosisService({
    ...parts,
    requests: stores.requests,
    methods: stores.methods,
    threat: stores.threat,
    codes,
    destinations,
    sspr: config.sspr,
    policy,
  })
  const arrivals = new Arrivals({ ...parts, requests: stores.requests, diagnosis, notifications, session })
  const intake = new IntakeService({
    ...parts,
    mails: stores.mails,
    templates: stores.templates,
    read: parts.readMail,
    policy,
    mailbox:
      config.mailbox === null || parts.mailbox === null ? null : { settings: config.mailbox, imap: parts.mailbox },
    secret: parts.secrets.reader(),
    present: () => session.present(),
    report: (part, report) => health.report(part, report),
    onEntered: (requestIds) => void arrivals.entered(requestIds),
  })

  const privacy = new PrivacyService({
    ...parts,
    people: personVault,
    approvals,
    mailsOf: (requestId) => intake.ofRequest(requestId, everyMail),
  })

  session.onBegin(() => void intake.onSessionBegin().then(() => arrivals.diagnoseWaiting()))
  session.onBegin(() => void health.begin())
  session.onEnd(() => health.end())
  session.onEnd(() => registration.forget())
  session.onEnd(() => imports.forget())
  session.onEnd(() => securityKeys.forget())
  session.onEnd(() => {
    reset.forget().catch((error: unknown) => log.error({ err: error }, 'the clipboard could not be cleared'))
  })

  return {
    config,
    secrets: parts.secrets,
    recorder: audit,
    session,
    people: new PeopleService(),
    requests: new RequestsService({
      ...parts,
      requests: stores.requests,
      proofs: stores.proofs,
      views: stores.views,
      policy,
    }),
    intake,
    diagnosis,
    health,
    notifications,
    verification: new VerificationService({ ...checks, adapters: [app], approvals, questions, calls: config.calls }),
    approvals: new ApprovalList({ ...parts, policy }),
    threat: new ThreatService({ ...parts, threat: stores.threat }),
    securityKeys,
    registration,
    questions,
    imports,
    reset,
    privacy,
    audit: new AuditService({ audit, desktop, clock: parts.clock }),
    settings: new SettingsService({ ...parts, vault: parts.kept }),
    links: new LinkService(desktop, config.externalHosts),
    closed: () => audit.closed,
    recordVault: (action) =>
      audit.append({ action, actor: deskActor, details: { protection: parts.kept } }, 'succeeded'),
    close: async (reason) => {
      await intake.stop()
      notifications.close()
      codes.stop()
      await securityKeys.close()
      session.signOut(reason)
      await session.settled()
      await stores.close()
      audit.close()
    },
  }
}
