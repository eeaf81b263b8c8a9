import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CodeGateway } from '../../src/main/gateways/code-gateway'
import { createHttpSmsGateway } from '../../src/main/gateways/sms/http-gateway'
import { codeText } from '../../src/main/domain/sms-text'
import { startKannel } from '../support/kannel'
import type { TestSms } from '../support/kannel'
import { silentLog } from '../support/silent-log'
import { codeMessage, secretsFrom, smsConfig } from '../support/sms'

let kannel: TestSms
let gateway: CodeGateway

beforeAll(async () => {
  kannel = await startKannel()
  gateway = createHttpSmsGateway(smsConfig(kannel.config), secretsFrom(kannel.secrets), silentLog)
})

afterAll(() => kannel.stop())

const organisation = '株式会社さくら商事ホールディングス東日本統括本部'

describe('HttpSmsGateway on a real Kannel', () => {
  it('brings a Japanese code as UCS-2 in one part', async () => {
    const text = codeText('ja', { code: '042917', minutes: 10, organisation })

    const receipt = await gateway.send(codeMessage({ id: '1', to: '+819012340001', text }))

    expect(receipt).toEqual({ delivery: 'accepted', messageId: null })
    expect(await kannel.waitForMessage('+819012340001')).toEqual({
      sender: kannel.config.sender,
      number: '+819012340001',
      text,
      alphabet: 'ucs-2',
      part: false,
    })
  })

  it('brings an English code in the GSM alphabet in one part', async () => {
    const text = codeText('en', { code: '042917', minutes: 10, organisation: `Café & Søn €{~} ${'x'.repeat(100)}` })

    await gateway.send(codeMessage({ id: '2', to: '+819012340002', text }))

    const message = await kannel.waitForMessage('+819012340002')
    expect(message).toMatchObject({ alphabet: 'gsm-7', part: false, text })
  })

  it('would show a text that needs two messages as parts, so that one part means one', async () => {
    await gateway.send(codeMessage({ id: '3', to: '+819012340003', text: 'さ'.repeat(71) }))

    const message = await kannel.waitForMessage('+819012340003')
    expect(message.part).toBe(true)
    expect(kannel.messages().filter(({ number }) => number === '+819012340003')).toHaveLength(2)
  })

  it('keeps what looks like more of the request inside the text', async () => {
    const text = '&to=+819099999999&text=evil#%00{to}\\"+さ'

    await gateway.send(codeMessage({ id: '4', to: '+819012340004', text }))

    expect((await kannel.waitForMessage('+819012340004')).text).toBe(text)
    expect(kannel.messages().some(({ number }) => number === '+819099999999')).toBe(false)
  })

  it('hears that the password is wrong, and that nothing was sent', async () => {
    const before = kannel.messages().length
    const wrong = { ...kannel.secrets, 'sms.password': 'wrong' }
    const stranger = createHttpSmsGateway(smsConfig(kannel.config), secretsFrom(wrong), silentLog)

    await expect(stranger.send(codeMessage({ id: '5', to: '+819012340005', text: 'code' }))).rejects.toMatchObject({
      code: 'sms-refused',
      params: { status: 403 },
    })
    expect(kannel.messages()).toHaveLength(before)
  })

  it('says that it cannot be reached while it is down, and sends again when it is back', async () => {
    await kannel.stopHttp()
    const message = codeMessage({ id: '6', to: '+819012340006', text: 'code' })
    await expect(gateway.reach()).rejects.toMatchObject({ code: 'sms-unreachable' })
    await expect(gateway.send(message)).rejects.toMatchObject({ code: 'sms-unreachable' })

    await kannel.startHttp()

    await gateway.reach()
    await gateway.send(message)
    expect((await kannel.waitForMessage('+819012340006')).text).toBe('code')
  })
})
