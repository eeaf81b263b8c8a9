import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CodeGateway } from '../../../src/main/gateways/code-gateway'
import { TrialWatch } from '../../../src/main/services/trial-watch'
import { AppError } from '../../../src/shared/errors'
import type { DeliveryState } from '../../../src/shared/model/verification'

let asked: string[]
let answer: DeliveryState | 'refused' | 'broken'

function gatewayOf(change: Partial<CodeGateway> = {}): CodeGateway {
  return {
    channel: 'voice',
    tellsDelivery: true,
    send: async () => ({ delivery: 'accepted', messageId: null }),
    delivery: async (messageId) => {
      asked.push(messageId)
      if (answer === 'refused') throw new AppError('voice-refused', { status: 401 })
      if (answer === 'broken') throw new Error('a fault of ours')
      return answer
    },
    reach: async () => undefined,
    ...change,
  }
}

beforeEach(() => {
  asked = []
  answer = 'ringing'
  vi.useFakeTimers()
})
afterEach(() => vi.useRealTimers())

describe('TrialWatch', () => {
  it('follows a call until nothing more can come, and asks no more then', async () => {
    const watch = new TrialWatch()
    watch.start(gatewayOf(), 'call-1')
    expect(await watch.state('voice')).toEqual({ state: 'ringing' })
    answer = 'answered'
    expect(await watch.state('voice')).toEqual({ state: 'answered' })
    answer = 'delivered'
    expect(await watch.state('voice')).toEqual({ state: 'delivered' })
    expect(await watch.state('voice')).toBeNull()
    expect(asked).toEqual(['call-1', 'call-1', 'call-1'])
  })

  it('asks nothing of a gateway that gives no ID or cannot be asked, nor of another channel', async () => {
    const watch = new TrialWatch()
    watch.start(gatewayOf(), null)
    expect(await watch.state('voice')).toBeNull()
    watch.start(gatewayOf({ tellsDelivery: false }), 'call-1')
    expect(await watch.state('voice')).toBeNull()
    watch.start(gatewayOf(), 'call-2')
    expect(await watch.state('sms')).toBeNull()
    expect(asked).toEqual([])
  })

  it('asks about the newest try-out alone', async () => {
    const watch = new TrialWatch()
    watch.start(gatewayOf(), 'call-1')
    watch.start(gatewayOf(), 'call-2')
    await watch.state('voice')
    expect(asked).toEqual(['call-2'])
    watch.start(gatewayOf(), null)
    expect(await watch.state('voice')).toBeNull()
  })

  it('takes a refused question for an unknown end, and lets a fault through', async () => {
    const watch = new TrialWatch()
    watch.start(gatewayOf(), 'call-1')
    answer = 'refused'
    expect(await watch.state('voice')).toEqual({ state: 'unknown' })
    answer = 'broken'
    await expect(watch.state('voice')).rejects.toThrow('a fault of ours')
  })

  it('drops the gateway with its keys after two minutes, and when everything is forgotten', async () => {
    const watch = new TrialWatch()
    watch.start(gatewayOf(), 'call-1')
    await vi.advanceTimersByTimeAsync(2 * 60 * 1000)
    expect(await watch.state('voice')).toBeNull()
    watch.start(gatewayOf(), 'call-2')
    watch.start(gatewayOf({ channel: 'sms' }), 'message-1')
    watch.dropAll()
    expect([await watch.state('voice'), await watch.state('sms')]).toEqual([null, null])
    expect(vi.getTimerCount()).toBe(0)
    expect(asked).toEqual([])
  })
})
