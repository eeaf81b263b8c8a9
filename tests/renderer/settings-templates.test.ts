import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { h, KeepAlive } from 'vue'
import TemplatesSection from '../../src/renderer/src/components/settings/TemplatesSection.vue'
import { isPattern, moved, newTemplate, problemsOf } from '../../src/renderer/src/components/settings/templates'
import { messages } from '../../src/shared/i18n'
import type { IntakeTemplate, TemplateTrial } from '../../src/shared/model/intake'
import { fakeApi, ok, refused, type Calls, type FakeApi } from './support/api'
import { pageText, show } from './support/mount'
import { button, field, type } from './support/work'

const words = messages.en.settings.templates

const microsoft: IntakeTemplate = {
  id: '00000000-0000-4000-8000-0000000000a1',
  name: 'Microsoft (en)',
  enabled: true,
  language: 'en',
  senders: ['@microsoft.com'],
  marks: ['reset', 'administrator', 'password'],
  marksNeeded: 2,
  userPatterns: ['User ID: {user}'],
  reason: 'forgot',
}
const plain: IntakeTemplate = { ...microsoft, id: '00000000-0000-4000-8000-0000000000a2', name: 'Form', senders: [] }

function aTrial(change: Partial<TemplateTrial> = {}): TemplateTrial {
  return {
    from: 'a@microsoft.com',
    subject: 'Reset',
    text: 'User ID: yamada.hanako',
    template: microsoft.name,
    trouble: null,
    named: ['yamada.hanako'],
    readings: [
      {
        id: microsoft.id,
        name: microsoft.name,
        senderFits: true,
        marksFound: ['reset', 'password'],
        named: ['yamada.hanako'],
        fits: true,
      },
      { id: plain.id, name: plain.name, senderFits: true, marksFound: [], named: [], fits: false },
    ],
    ...change,
  }
}

let unmount: () => void = () => undefined

async function open(calls: Calls['intake'] = {}, editable = true): Promise<FakeApi> {
  const api = fakeApi({ intake: { templates: () => ok([microsoft, plain]), ...calls } })
  const { wrapper } = await show({ render: () => h(KeepAlive, null, h(TemplatesSection, { editable })) })
  unmount = () => {
    wrapper.unmount()
  }
  return api
}

async function press(name: string): Promise<void> {
  button(name).click()
  await flushPromises()
}

/** Types, and lets the pause pass after which it is tried. */
async function paste(text: string): Promise<void> {
  vi.useFakeTimers()
  type(words.trial.mail, text)
  await vi.advanceTimersByTimeAsync(350)
  vi.useRealTimers()
  await flushPromises()
}

afterEach(() => {
  unmount()
  vi.useRealTimers()
  document.body.replaceChildren()
})

describe('TemplatesSection', () => {
  it('saves the edited list as a whole and says so', async () => {
    const saved: IntakeTemplate[][] = []
    await open({
      saveTemplates: ({ templates }) => {
        saved.push(structuredClone(templates))
        return ok(templates)
      },
    })
    expect(button(words.save).disabled).toBe(true)
    await press('Move “Form” up')
    await press('Form')
    type(words.marks, 'self-service\nreset')
    await flushPromises()
    await press(words.save)
    expect(saved).toEqual([[{ ...plain, marks: ['self-service', 'reset'] }, microsoft]])
    expect(pageText()).toContain(words.saved)
    expect(button(words.save).disabled).toBe(true)
  })

  it('brings the ready ones back where they stood, and keeps own ones', async () => {
    const saved: IntakeTemplate[][] = []
    const own = { ...plain, id: '99999999-9999-4999-8999-999999999999', name: 'Own' }
    await open({
      templates: () => ok([{ ...microsoft, marks: ['changed'] }, own]),
      readyTemplates: () => ok([microsoft, plain]),
      saveTemplates: ({ templates }) => {
        saved.push(structuredClone(templates))
        return ok(templates)
      },
    })
    await press(words.restore)
    expect(saved).toEqual([])
    await press(words.save)
    expect(saved).toEqual([[microsoft, own, plain]])
  })

  it('leads to an unfinished template instead of saving it', async () => {
    const api = await open()
    await press(words.add)
    expect(document.activeElement).toBe(field(words.name))
    await press(words.save)
    expect(api.called).not.toContain('intake.saveTemplates')
    expect(pageText()).toContain('Each line needs {user} once')
    expect(pageText()).toContain(words.unfinished)
  })

  it('turns one off, takes one out, and brings both back', async () => {
    await open()
    document.querySelector<HTMLInputElement>('input[aria-label="Use “Form”"]')?.click()
    await flushPromises()
    await press('Remove “Microsoft (en)”')
    expect(document.querySelectorAll('ol > li')).toHaveLength(1)
    expect(pageText()).toContain(words.off)
    await press(messages.en.settings.save.discard)
    expect(document.querySelectorAll('ol > li')).toHaveLength(2)
    expect(pageText()).not.toContain(words.off)
  })

  it('keeps the edited list when main refuses it', async () => {
    await open({ saveTemplates: () => refused('template-invalid', { name: 'Form', problem: 'x' }) })
    await press('Move “Form” up')
    await press(words.save)
    expect(pageText()).toContain(messages.en.errors['template-invalid'].title)
    expect(button(words.save).disabled).toBe(false)
  })

  it('tries a pasted mail on the edited templates and shows it as text only', async () => {
    const tried: { raw: string; templates: IntakeTemplate[] }[] = []
    const evil = '<img src=x onerror="window.hacked = true"><script>window.hacked = true</script>'
    await open({
      tryTemplates: (input) => {
        tried.push(structuredClone(input))
        return ok(aTrial({ text: evil, subject: evil }))
      },
    })
    await press('Move “Form” up')
    await paste('User ID: yamada.hanako')
    expect(tried).toEqual([{ raw: 'User ID: yamada.hanako', templates: [plain, microsoft] }])
    expect(pageText()).toContain('“Microsoft (en)” fits. Named: yamada.hanako')
    expect(pageText()).toContain('Marks found: 2 of 2 needed')
    expect(pageText()).toContain(words.trial.noFit)
    expect(document.querySelector('pre')?.textContent).toBe(evil)
    expect(document.querySelector('main img, main script, pre *, section img')).toBeNull()
    expect('hacked' in window).toBe(false)
  })

  it('says what a person would have to decide, and tries nothing while nothing is pasted', async () => {
    const api = await open({
      tryTemplates: () => ok(aTrial({ trouble: 'several-people', template: null, named: ['a', 'b'] })),
    })
    await paste('  ')
    expect(api.called).not.toContain('intake.tryTemplates')
    await paste('a and b')
    expect(pageText()).toContain(messages.en.intake.why['several-people'])
  })

  it('leaves unfinished templates out of the try-out', async () => {
    const tried: string[][] = []
    await open({
      tryTemplates: ({ templates }) => {
        tried.push(templates.map(({ name }) => name))
        return ok(aTrial())
      },
    })
    await press(words.add)
    await paste('hello')
    expect(tried).toEqual([[microsoft.name, plain.name]])
  })

  it('shows an agent the list and changes nothing of it', async () => {
    const api = await open({}, false)
    await press('Microsoft (en)')
    expect(field(words.marks).disabled).toBe(true)
    expect(() => button(words.save)).toThrow()
    expect(() => button(words.add)).toThrow()
    expect(document.querySelector<HTMLInputElement>('input[type=checkbox]')?.disabled).toBe(true)
    expect(api.called).toEqual(['intake.templates'])
  })
})

describe('problemsOf', () => {
  it('finds what keeps a template from reading mails', () => {
    expect(problemsOf(microsoft)).toEqual([])
    expect(problemsOf(newTemplate('x', 'ja'))).toEqual(['marks', 'pattern'])
    expect(problemsOf({ ...microsoft, name: ' ', marksNeeded: 4 })).toEqual(['name', 'marks'])
    expect(problemsOf({ ...microsoft, senders: [], marksNeeded: 0 })).toEqual(['everything'])
    expect(isPattern('{user} and {user}')).toBe(false)
  })
})

describe('moved', () => {
  it('moves one place and keeps every template', () => {
    expect(moved([microsoft, plain], 0, 1)).toEqual([plain, microsoft])
    expect(moved([microsoft, plain], 1, -1)).toEqual([plain, microsoft])
  })
})
