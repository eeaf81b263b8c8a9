import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../../src/shared/errors'
import { defaultPolicy } from '../../../src/main/domain/policy'
import type { CodeGateway } from '../../../src/main/gateways/code-gateway'
import { Codes } from '../../../src/main/services/codes'
import type { CodeTarget } from '../../../src/main/services/codes'
import { openStores } from '../../../src/main/stores/database'
import type { Stores } from '../../../src/main/stores/stores'
import { silentLog } from '../../support/silent-log'
import { aNewRequest, aPersonId } from '../../support/stores'
import { TestClock } from '../../support/test-clock'
import { testVault } from '../../support/vault'

type Fate = 'accepted' | 'unknown' | 'refused'

/** Two agents at two requests of one person with one number, by message and by call, and whatever they do. */
type Step =
  | { readonly do: 'wait'; readonly seconds: number }
  | { readonly do: 'send'; readonly at: 0 | 1; readonly fate: Fate; readonly channel: 'sms' | 'voice' }
  | { readonly do: 'check'; readonly at: 0 | 1; readonly say: 'right' | 'other’s' | 'earlier' | 'wrong' | 'nothing' }

const at = fc.constantFrom(0 as const, 1 as const)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      seconds: fc.constantFrom(1, 60, 119, 120, 299, 300, 7200, 86_400),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      at,
      channel: fc.constantFrom('sms' as const, 'voice' as const),
      fate: fc.constantFrom<Fate>('accepted', 'accepted', 'unknown', 'refused'),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('check' as const),
      at,
      say: fc.constantFrom(
        'right' as const,
        'right' as const,
        'other’s' as const,
        'earlier' as const,
        'wrong' as const,
        'nothing' as const,
      ),
    }),
  },
)

/** What truly happened, kept beside the service. */
interface Known {
  readonly code: string
  readonly sentAt: number
  readonly fate: Fate
  tries: number
  passed: boolean
}

let folder: string
let stores: Stores

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'desk-codes-'))
  stores = await openStores({ file: join(folder, 'desk.db'), vault, log: silentLog })
})

afterEach(async () => {
  await stores.close()
  rmSync(folder, { recursive: true, force: true })
})

const vault = testVault()
let numbers = 0

describe('Codes, whatever is done with them', () => {
  it('keep the limits of the number, give three tries, and pass once: the newest, in time, to the agent who sent it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => story(steps)),
      { numRuns: 60 },
    )
  }, 120_000)
})

async function story(steps: readonly Step[]): Promise<void> {
  const clock = new TestClock()
  let fate: Fate = 'accepted'
  const texts: string[] = []
  const gateway: CodeGateway = {
    channel: 'sms',
    tellsDelivery: false,
    send: async ({ code }) => {
      texts.push(code)
      if (fate === 'refused') throw new AppError('sms-refused', { status: 403 })
      return { delivery: fate, messageId: null }
    },
    delivery: async () => 'unknown',
    reach: async () => undefined,
  }
  const codes = new Codes({
    gateways: { sms: gateway, voice: { ...gateway, channel: 'voice' }, mail: null },
    codes: stores.codes,
    vault,
    clock,
    policy: defaultPolicy,
    organisation: 'さくら商事',
    log: silentLog,
    emit: () => undefined,
    report: () => undefined,
  })
  numbers += 1
  const to = `+8190${String(10_000_000 + numbers)}`
  const personId = aPersonId()
  const targets: CodeTarget[] = []
  for (const methodId of ['method-a', 'method-a']) {
    const { id: requestId } = await stores.requests.create(aNewRequest())
    targets.push({
      requestId,
      personId,
      agentId: aPersonId(),
      methodId,
      channel: 'sms',
      purpose: 'check',
      to,
      extension: '',
    })
  }
  const sent: Known[][] = [[], []]
  const counted: Known[] = []

  for (const now of steps) {
    if (now.do === 'wait') {
      clock.advance(now.seconds)
      continue
    }
    const target = targets[now.at]
    const mine = sent[now.at]
    if (target === undefined || mine === undefined) throw new Error('nobody is there')
    if (now.do === 'send') {
      fate = now.fate
      const before = texts.length
      const recent = counted.filter(({ sentAt }) => sentAt > clock.now() - 86_400_000)
      const last = recent.at(-1)
      const tooMany = recent.length >= 10
      const tooSoon = last !== undefined && last.fate !== 'refused' && clock.now() - last.sentAt < 120_000
      const row = await codes.send({ ...target, channel: now.channel }, 'ja').catch((error: unknown) => {
        if (!(error instanceof AppError)) throw error
        return error.code
      })

      if (tooMany) expect(row).toBe('code-too-many')
      else if (tooSoon) expect(row).toBe('code-too-soon')
      else if (fate === 'refused') expect(row).toBe('sms-refused')
      else expect(row).toMatchObject({ delivery: fate })
      // Nothing reaches the gateway that was not counted.
      expect(texts.length - before).toBe(tooMany || tooSoon ? 0 : 1)
      if (tooMany || tooSoon) continue
      const code = texts.at(-1) ?? ''
      const known: Known = { code, sentAt: clock.now(), fate, tries: 0, passed: false }
      mine.push(known)
      counted.push(known)
      continue
    }

    const newest = mine.at(-1)
    const typed = {
      right: newest?.code,
      'other’s': sent[1 - now.at]?.at(-1)?.code,
      earlier: mine.at(-2)?.code,
      wrong: undefined,
      nothing: '',
    }[now.say]
    const said = typed ?? (newest?.code === '000000' ? '000001' : '000000')
    const { requestId } = target
    if (requestId === null) throw new Error('no request')
    const last = await codes.lastOf({ requestId, agentId: target.agentId })
    const answer = await codes.check(last.get(target.methodId) ?? null, said)

    if (newest === undefined || newest.fate === 'refused') {
      expect(answer).toBe('not-sent')
    } else if (newest.passed) {
      expect(['used-up', 'expired']).toContain(answer)
    } else if (clock.now() - newest.sentAt >= 300_000) {
      expect(answer).toBe('expired')
    } else if (newest.tries >= 3) {
      expect(answer).toBe('used-up')
    } else {
      newest.tries += 1
      const right = said === newest.code
      expect(answer).toBe(right ? 'matched' : said === '' ? 'malformed' : 'wrong')
      newest.passed = right
    }
  }
}
