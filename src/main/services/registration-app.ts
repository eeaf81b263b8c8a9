import { randomUUID } from 'node:crypto'
import type { AppEnrolment } from '../../shared/model/registration'
import type { Clock } from '../clock'
import type { Policy } from '../domain/policy'
import type { RegistrationMeans } from '../domain/registration'
import type { AuthenticatorAppStart } from '../gateways/authenticator-app'
import type { EnrollableMethod } from '../gateways/verification-method'
import type { PersonVault } from './person-vault'
import type { Enrolments, PendingApp } from './registration-enrolments'
import { assertMayHave, assertNewLabel } from './registration-rules'
import type { IdentityCheck, Visits } from './registration-visits'
import type { Acting } from './session'

interface AppParts {
  readonly app: EnrollableMethod<AuthenticatorAppStart>
  readonly personVault: PersonVault
  readonly visits: Visits
  readonly enrolments: Enrolments
  readonly means: () => Promise<RegistrationMeans>
  readonly clock: Clock
  readonly policy: Policy
  readonly organisation: string
}

export interface AppStart extends IdentityCheck {
  readonly label: string
}

/** The time step of an accepted code, and by how many steps its clock was off. */
export interface AcceptedStep {
  readonly step: number
  readonly drift: number
}

/** Authenticator apps: the QR code is shown once, and the first code proves that the app works. */
export class AppRegistration {
  readonly #parts: AppParts

  constructor(parts: AppParts) {
    this.#parts = parts
  }

  /** Throws `already-registered {label}`, `person-erased`, as `assertMayHave` and {@link Visits.record}. */
  start(acting: Acting, input: AppStart): Promise<AppEnrolment> {
    const { visits, app, means, enrolments, personVault, clock, policy, organisation } = this.#parts
    const { label } = input
    return visits.record(
      acting,
      input,
      { action: 'registration.start', details: { kind: app.kind, type: 'app', label } },
      async ({ card, registered }) => {
        assertMayHave('app', card, registered, await means())
        assertNewLabel(registered, label)
      },
      async ({ card, operator }) => {
        const {
          secret: seed,
          qr,
          typedKey,
          issuer,
          account,
        } = app.startEnrolment({
          issuer: organisation,
          account: card.signInName,
        })
        const methodId = randomUUID()
        const expiresAt = clock.now() + policy.enrolmentSeconds * 1000
        const secret = await personVault
          .sealSecret({ id: methodId, personId: card.id }, seed)
          .finally(() => seed.fill(0))
        const enrolmentId = enrolments.add({
          way: 'app',
          agentId: operator.id,
          person: { id: card.id, name: card.name },
          methodId,
          type: 'app',
          label,
          secret,
          lastStep: null,
          expiresAt,
          again: false,
          wrongCodes: 0,
        })
        return { enrolmentId, qr, typedKey, issuer, account, expiresAt: new Date(expiresAt).toISOString() }
      },
    )
  }

  /** Throws `enrolment-code-wrong {remaining}`; three wrong codes end the enrolment. */
  async check(enrolmentId: string, pending: PendingApp, code: string): Promise<AcceptedStep> {
    const { app, personVault, enrolments, clock, policy } = this.#parts
    enrolments.takeTry(enrolmentId)
    const method = { id: pending.methodId, personId: pending.person.id, secret: pending.secret }
    const answer = await personVault.lendSecret(method, (seed) =>
      app.check(seed, code, {
        now: clock.now(),
        lastStep: pending.lastStep,
        toleranceSteps: policy.totpToleranceSteps,
        stepSeconds: policy.totpStepSeconds,
      }),
    )
    return answer.matched ? answer : enrolments.wrongCode(enrolmentId)
  }
}
