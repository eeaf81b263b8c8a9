import type { PersonId } from '../../shared/model/common'
import type { RegistrationSummary } from '../../shared/model/registration'
import { methodTypes } from '../../shared/model/verification'
import type { Clock } from '../clock'
import type { DirectoryPerson } from '../directory/directory'
import { coverage, enrolmentChannels, typeRefusal } from '../domain/registration'
import type { RegistrationMeans } from '../domain/registration'
import { isSameAddress, isWithinDomains, readAddress } from '../domain/registration-address'
import { isDueForConfirmation } from '../domain/verification-methods'
import type { NumberReader } from '../gateways/sms'
import type { ErasureStore, MethodStore, ThreatStore } from '../stores/stores'
import type { Destinations, ReachedMethod } from './codes-destinations'
import { maskOf } from './registration-codes'
import type { Acting } from './session'

interface SummaryParts {
  readonly methods: MethodStore
  readonly threat: ThreatStore
  readonly erasures: Pick<ErasureStore, 'has'>
  readonly destinations: Destinations
  readonly readNumber: NumberReader
  readonly means: () => Promise<RegistrationMeans>
  /** Keys are set up in the organisation: they count, whether or not this machine can read one. */
  readonly keysSetUp: boolean
  readonly mailDomains: readonly string[]
  readonly clock: Clock
}

/** What is registered for a person, without anything secret, and what may be registered now. */
export async function summarise(parts: SummaryParts, acting: Acting, personId: PersonId): Promise<RegistrationSummary> {
  const { methods, threat, erasures, destinations, means, clock, keysSetUp } = parts
  const person = await acting.directory.card(personId)
  const { privileged } = person.card.privilege
  const registered = await destinations.reach(personId, await methods.ofPerson(personId))
  const { heightened } = await threat.get()
  const here = await means()
  const erased = await erasures.has(personId)
  const now = clock.now()

  const types = erased
    ? []
    : methodTypes.map((type) => ({
        type,
        refusal: typeRefusal(type, { privileged, registered }, here),
        channels: enrolmentChannels({ type }, here),
      }))
  return {
    methods: registered.map((method) => {
      const { id, type, kind, label, isDefault, registeredAt, confirmedAt, lastUsedAt, destination } = method
      const masked = destination === null ? '' : maskOf(type, destination)
      const dueForConfirmation = isDueForConfirmation(method, now, here.policy)
      const channels = enrolmentChannels(method, here)
      const dates = { registeredAt, confirmedAt, dueForConfirmation, lastUsedAt }
      return { id, type, kind, label, masked, isDefault, ...dates, channels }
    }),
    ...coverage(registered, { id: personId, privileged, heightened, now }, { ...here, keyReader: keysSetUp }),
    types,
    offers: here.policy.offerDirectoryData
      ? offersOf(parts, person, registered).filter(({ field }) =>
          types.some(
            ({ type, refusal }) => refusal === null && (type === 'mail') === (field === 'mail') && isSent(type),
          ),
        )
      : [],
    erased,
  }
}

/** What the directory holds and nobody has registered yet. */
function offersOf(
  { readNumber, mailDomains }: SummaryParts,
  { card, numbers }: DirectoryPerson,
  registered: readonly ReachedMethod[],
): RegistrationSummary['offers'] {
  const known = registered.flatMap(({ destination }) => (destination === null ? [] : [destination.to]))
  const isNew = (to: string): boolean => !known.some((each) => isSameAddress(each, to))
  const phones = (['mobile', 'telephone'] as const).flatMap((field) => {
    const number = readNumber(numbers.get(field) ?? '')
    if (number === null || !isNew(number.e164)) return []
    known.push(number.e164)
    return [{ field, masked: maskOf('mobile', { to: number.e164, extension: '' }) }]
  })
  const address = readAddress(card.mail)
  // Nobody who forgot their password reads the organisation's own mail.
  const isUseful = address !== null && isNew(address) && !isWithinDomains(address, mailDomains)
  return isUseful ? [...phones, { field: 'mail', masked: maskOf('mail', { to: address, extension: '' }) }] : phones
}

function isSent(type: (typeof methodTypes)[number]): boolean {
  return type !== 'app' && type !== 'key' && type !== 'questions'
}
