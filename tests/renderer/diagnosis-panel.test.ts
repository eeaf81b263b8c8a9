import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import DiagnosisPanel from '../../src/renderer/src/components/diagnosis/DiagnosisPanel.vue'
import RequestDiagnosis from '../../src/renderer/src/components/diagnosis/RequestDiagnosis.vue'
import { sayKey } from '../../src/renderer/src/components/diagnosis/diagnosis-words'
import { messages } from '../../src/shared/i18n'
import type { Diagnosis } from '../../src/shared/model/diagnosis'
import type { Language } from '../../src/shared/model/common'
import { aDiagnosis, fakeApi, ok, refused } from './support/api'
import { pageText, show } from './support/mount'
import { aRequest, button, withProps } from './support/work'

let unmount: () => void = () => undefined

async function panel(change: Partial<Diagnosis>, props: Record<string, unknown> = {}, language: Language = 'en') {
  const went: unknown[] = []
  const { wrapper } = await show(
    withProps(DiagnosisPanel, { diagnosis: aDiagnosis(change), onGo: (place: unknown) => went.push(place), ...props }),
    { language },
  )
  unmount = () => {
    wrapper.unmount()
  }
  return went
}

afterEach(() => {
  unmount()
  document.body.innerHTML = ''
})

describe('DiagnosisPanel', () => {
  it("names the caller's error in Microsoft's words, the exact reason and the code", async () => {
    await panel({ reason: 'not-in-scope', decidedBy: 'SSPR-Users' })
    expect(pageText()).toContain('Your account is not enabled for password reset.')
    expect(pageText()).toContain('this person is in none of them')
    expect(pageText()).toContain('SSPR_0013')
    expect(pageText()).toContain('Decided by SSPR-Users.')
  })

  it('says the sentence for the caller in both languages, whatever the agent reads', async () => {
    for (const language of ['ja', 'en'] as const) {
      await panel({ cause: 'not-registered', reason: 'no-method' }, {}, language)
      for (const locale of ['ja', 'en'] as const) {
        const sentence = document.querySelector(`p[lang="${locale}"]`)
        expect(sentence?.textContent).toBe(messages[locale].diagnosis.say['no-method'])
        expect(sentence?.className).toContain('select-text')
      }
      unmount()
    }
  })

  it('tells an unchecked caller nothing about the state of the account', () => {
    const telling = /lock|disabl|expir|privileg|administrator account|ロック|無効|期限|特権/iu
    for (const locale of ['ja', 'en'] as const) {
      const sentences = Object.values(messages[locale].diagnosis.say)
      expect(sentences.filter((sentence) => telling.test(sentence))).toEqual([])
    }
  })

  it('refers the caller elsewhere where nothing can be reset here', () => {
    expect(sayKey({ reason: 'password-elsewhere', fixes: ['refer'] })).toBe('refer')
    expect(sayKey({ reason: 'no-write-back', fixes: ['reset-here'] })).toBe('no-write-back')
    expect(sayKey({ reason: 'no-method', fixes: ['refer'] })).toBe('no-method')
  })

  it('lists what else is in the way, and the fixes in their order', async () => {
    await panel({ obstacles: ['disabled', 'locked'], fixes: ['enable-account', 'reset-here', 'add-to-scope'] })
    const items = [...document.querySelectorAll('ol li')].map((item) => item.textContent ?? '')
    expect(items).toHaveLength(3)
    expect(items[0]).toContain('enables or extends')
    expect(items[1]).toContain('reset the password here')
    expect(document.querySelectorAll('ul li')).toHaveLength(2)
  })

  it('offers a button only where the step can be taken from here, once for each place', async () => {
    const fixes: Diagnosis['fixes'] = ['reset-here', 'unlock-here', 'register-in-person', 'turn-on']
    await panel({ fixes })
    expect(document.querySelectorAll('button')).toHaveLength(0)
    unmount()

    const went = await panel({ fixes }, { places: ['checking', 'registration'] })
    expect(document.querySelectorAll('button')).toHaveLength(2)
    button('Go to checking').click()
    button('Open registration').click()
    expect(went).toEqual(['checking', 'registration'])
  })

  it('shows no error of the caller where none is expected', async () => {
    await panel({ cause: 'none', reason: 'ready', microsoftCode: null, fixes: ['use-self-service'] })
    expect(document.querySelector('q')).toBeNull()
    expect(pageText()).not.toContain('null')
  })
})

describe('RequestDiagnosis', () => {
  it('says that the directory cannot be reached, and asks again on demand', async () => {
    let reachable = false
    const api = fakeApi({
      diagnosis: { ofRequest: () => (reachable ? ok(aDiagnosis()) : refused('directory-unreachable')) },
    })
    const { wrapper } = await show(withProps(RequestDiagnosis, { request: aRequest() }))
    unmount = () => {
      wrapper.unmount()
    }
    expect(document.querySelector('[role="alert"]')?.textContent).toContain('directory-unreachable')

    reachable = true
    button('Try again').click()
    await flushPromises()
    expect(document.querySelector('[role="alert"]')).toBeNull()
    expect(pageText()).toContain('SSPR_0013')
    expect(api.called).toEqual(['diagnosis.ofRequest', 'diagnosis.ofRequest'])
  })
})
