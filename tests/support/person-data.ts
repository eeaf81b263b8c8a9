import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { answersSecret, destinationSecret, keySecret } from '../../src/main/domain/registration-secrets'
import { PersonVault } from '../../src/main/services/person-vault'
import { openStores } from '../../src/main/stores/database'
import type { StoredMethod, Stores } from '../../src/main/stores/stores'
import { openVault, type SecretVault } from '../../src/main/vault'
import type { MethodType } from '../../src/shared/model/verification'
import { ok, personIdOf, type TestDesk } from './desk'
import { silentLog } from './silent-log'
import { aMethod, aPerson, aSentCode, aTakenMail } from './stores'

/** Another hand on the data of a desk: the same store and the same installation key. */
export interface OtherHand {
  readonly vault: SecretVault
  readonly stores: Stores
  readonly people: PersonVault
}

export async function otherHand({ folder }: Pick<TestDesk, 'folder'>): Promise<OtherHand> {
  const vault = await openVault({ dir: folder, protection: { kind: 'key-file', file: join(folder, 'vault.key') } })
  const stores = await openStores({ file: join(folder, 'desk.db'), vault, log: silentLog })
  return { vault, stores, people: new PersonVault(vault, stores) }
}

/** What a person's data looks like in clear: none of it may be left after an erasure. */
export const canaries = {
  number: '+819087654321',
  tail: '4321',
  office: '+81312349876',
  extension: '70077',
  address: 'hanako.private@example.net',
  labels: ['花子の私用スマホ', '花子の自宅', '花子の席', '花子の鍵', '花子の質問'],
  seed: 'JBSWY3DPEHPK3PXP-seed',
  subject: '花子です。助けてください',
  text: '本文の合言葉はカナリアです',
  note: '花子さんは内線 70077 から電話',
} as const

const secretOf: Record<MethodType, () => Uint8Array> = {
  app: () => Buffer.from(canaries.seed),
  mobile: () => destinationSecret({ to: canaries.number, extension: '' }),
  alternative: () => destinationSecret({ to: '+818011112222', extension: '' }),
  office: () => destinationSecret({ to: canaries.office, extension: canaries.extension }),
  mail: () => destinationSecret({ to: canaries.address, extension: '' }),
  key: () => keySecret({ credentialId: 'Y3JlZA', publicKey: 'cHVibGlj', rpId: 'desk.example', userHandle: 'dXNlcg' }),
  questions: () => answersSecret([{ questionId: 'pet', salt: 'c2FsdA', hash: 'aGFzaC1vZi1hbnN3ZXI' }]),
}

const kindOf = {
  app: 'app',
  mobile: 'phone',
  alternative: 'phone',
  office: 'phone',
  mail: 'mail',
  key: 'key',
  questions: 'knowledge',
} as const

/** Registers one method of each type, behind the back of all rules. */
export async function registerAll(
  { stores, people }: OtherHand,
  personId: string,
  types: readonly MethodType[] = ['app', 'mobile', 'office', 'mail', 'key', 'questions'],
): Promise<Map<MethodType, StoredMethod>> {
  const methods = new Map<MethodType, StoredMethod>()
  for (const [index, type] of types.entries()) {
    const id = randomUUID()
    const secret = await people.sealSecret({ id, personId }, secretOf[type]())
    const label = canaries.labels[index % canaries.labels.length] ?? ''
    const method = aMethod({ id, personId, type, kind: kindOf[type], label, secret })
    await stores.methods.add(method)
    methods.set(type, method)
  }
  return methods
}

/**
 * A person with every kind of trace on a desk where an agent is signed in: methods, a closed request with notes, a mail with its
 * request, a code that was sent, failures.
 */
export async function livePerson(
  desk: TestDesk,
  hand: OtherHand,
  userId: string,
): Promise<{ personId: string; methods: Map<MethodType, StoredMethod> }> {
  const personId = await personIdOf(desk, userId)
  const methods = await registerAll(hand, personId)
  const { api, clock } = desk
  const request = await ok(
    api.requests.create({ personId, channel: 'phone', reason: 'forgot', note: canaries.note, claim: true }),
  )
  const code = aSentCode({
    requestId: request.id,
    personId,
    methodId: methods.get('mobile')?.id ?? '',
    destination: hand.vault.mac('code-destination', canaries.number, userId),
    sentAt: clock.iso(),
    expiresAt: new Date(clock.now() + 300_000).toISOString(),
  })
  await hand.stores.codes.reserve(code, { resendSeconds: 120, sendsPerDay: 10 })
  const { version } = await hand.stores.requests.get(request.id)
  await ok(api.requests.complete({ requestId: request.id, version, reason: canaries.note }))

  const card = await ok(api.people.card({ personId }))
  const mailId = randomUUID()
  const { name, reading, department } = card
  const sealed = hand.vault.seal(`mail-text|${hand.vault.installationId}|${mailId}|1`, Buffer.from(canaries.text))
  const at = clock.iso()
  const [outcome] = await hand.stores.mails.take(
    `imaps://mail.example/${randomUUID()}`,
    { uidValidity: '1', lastUid: 1 },
    [
      aTakenMail({
        id: mailId,
        from: canaries.address,
        subject: canaries.subject,
        text: sealed,
        named: [userId],
        person: aPerson({ id: personId, name, reading, department, userId }),
      }),
    ],
    { at, expiresAt: new Date(clock.now() + 86_400_000).toISOString(), dueAt: at, foldSeconds: 0 },
  )
  if (outcome?.kind !== 'created') throw new Error('the mail made no request')
  const claimed = await ok(api.requests.claim({ requestId: outcome.request.id, version: outcome.request.version }))
  await hand.stores.failures.add({
    personId,
    agentId: claimed.holder?.id ?? '',
    requestId: claimed.id,
    at,
    windowStart: at,
    limit: 5,
    closedUntil: at,
  })
  await ok(api.requests.refuse({ requestId: claimed.id, version: claimed.version, reason: canaries.note }))
  return { personId, methods }
}
