import { flushPromises } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import ImportDialog from '../../src/renderer/src/components/imports/ImportDialog.vue'
import { useSessionStore } from '../../src/renderer/src/stores/session'
import { messages } from '../../src/shared/i18n'
import type { Api } from '../../src/shared/contract'
import { importProblems, type ImportPreview, type ImportProgress } from '../../src/shared/model/imports'
import { fakeApi, ok, refused, type FakeApi } from './support/api'
import { pageText, show } from './support/mount'
import { press } from './support/registration'
import { atWork, button, minutesFromNow, withProps } from './support/work'

const words = messages.en.imports
const importId = '00000000-0000-4000-f000-000000000001'
let unmount: () => void = () => undefined

function aPreview(change: Partial<ImportPreview> = {}): ImportPreview {
  return {
    importId,
    file: 'methods.csv',
    rows: 1203,
    good: 1200,
    people: 1100,
    types: [
      { type: 'mobile', count: 1000 },
      { type: 'mail', count: 200 },
      { type: 'office', count: 0 },
    ],
    bad: [
      { line: 4, userId: 'nobody.here', column: 'user', problem: 'user-unknown' },
      { line: 9, userId: 'ito.kenta', column: 'value', problem: 'number-invalid' },
    ],
    badRows: 2,
    expiresAt: minutesFromNow(30),
    ...change,
  }
}

interface Shown {
  readonly api: FakeApi
  readonly state: () => string
  readonly closed: () => number
  readonly progress: (next: ImportProgress) => Promise<void>
}

async function open(imports: Partial<Api['imports']> = {}): Promise<Shown> {
  let progress: ImportProgress = null
  const api = fakeApi({
    session: { status: () => ok(atWork()) },
    imports: {
      choose: () => ok(aPreview()),
      progress: () => ok(progress),
      discard: () => ok(undefined),
      ...imports,
    },
  })
  let closed = 0
  const { wrapper, pinia } = await show(withProps(ImportDialog, { onClose: () => (closed += 1) }))
  await useSessionStore().refresh()
  await flushPromises()
  unmount = () => {
    wrapper.unmount()
  }
  return {
    api,
    state: () => JSON.stringify(pinia.state.value),
    closed: () => closed,
    progress: async (next) => {
      progress = next
      api.emit('import-changed', {})
      await flushPromises()
    },
  }
}

/** A call that is answered later. */
function later<T>(): { readonly promise: Promise<T>; readonly settle: (value: T) => Promise<void> } {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>((done) => {
    resolve = done
  })
  return {
    promise,
    settle: async (value) => {
      resolve(value)
      await flushPromises()
    },
  }
}

const apply = 'Register 1,200 rows'

afterEach(() => {
  unmount()
  unmount = () => undefined
  document.body.innerHTML = ''
})

describe('ImportDialog', () => {
  it('writes nothing before every row was checked and shown', async () => {
    const { api } = await open()
    expect([...document.querySelectorAll('button')].some((one) => one.textContent?.includes('Register'))).toBe(false)
    await press(words.file.choose)

    expect(pageText()).toContain('1,200 rows can be registered · 1,100 people')
    expect(pageText()).toContain('2 rows are left out')
    expect(pageText()).toContain('Mobile phone1,000')
    expect(pageText()).not.toContain(messages.en.registration.type.office)
    expect(api.called).not.toContain('imports.apply')
  })

  it('lists the rows that are left out in a table of their own, and keeps names out of Pinia', async () => {
    const { state } = await open()
    await press(words.file.choose)
    const table = document.querySelector('[role="table"]')

    expect(table?.getAttribute('aria-label')).toBe(words.check.list)
    expect(table?.getAttribute('aria-rowcount')).toBe('3')
    expect(table?.getAttribute('tabindex')).toBe('0')
    expect(state()).not.toContain('ito.kenta')
  })

  it('says so when not all bad rows are listed', async () => {
    await open({ choose: () => ok(aPreview({ badRows: 4321 })) })
    await press(words.file.choose)

    expect(pageText()).toContain('The first 2 of 4,321 are listed.')
  })

  it('has words for every problem in both languages', () => {
    for (const problem of importProblems) {
      expect(messages.en.imports.problem[problem]).not.toBe('')
      expect(messages.ja.imports.problem[problem]).not.toBe('')
    }
  })

  it('changes nothing when the file dialog was cancelled', async () => {
    const { api } = await open({ choose: () => ok(null) })
    await press(words.file.choose)

    expect(pageText()).toContain(words.file.dry)
    unmount()
    expect(api.called).not.toContain('imports.discard')
  })

  it('shows how far it is, step by step', async () => {
    const file = later<Awaited<ReturnType<Api['imports']['choose']>>>()
    const { progress } = await open({ choose: () => file.promise })
    await press(words.file.choose)
    await progress({ step: 'reading', done: 500, total: null })
    expect(pageText()).toContain('Reading the file500 rows')
    await progress({ step: 'checking', done: 2500, total: 10_000 })
    expect(pageText()).toContain('Checking rows2,500 of 10,000')
    expect(document.querySelector('[role="progressbar"]')?.getAttribute('aria-valuenow')).toBe('25')

    await file.settle({ ok: true, value: aPreview() })
    expect(document.querySelector('[role="progressbar"]')).toBeNull()
  })

  it('registers what was shown, and says what became of it', async () => {
    const inputs: unknown[] = []
    const { api } = await open({
      apply: (input) => {
        inputs.push(input)
        return ok({ added: 1199, people: 1100, skipped: 1 })
      },
    })
    await press(words.file.choose)
    await press(apply)

    expect(inputs).toEqual([{ importId }])
    expect(pageText()).toContain('1,199 methods were registered')
    expect(pageText()).toContain('1 row was skipped')
    expect(pageText()).toContain(words.done.next)
    expect(pageText()).toContain(words.file.once)
    unmount()
    expect(api.called).not.toContain('imports.discard')
  })

  it('offers nothing to register where every row is bad', async () => {
    await open({ choose: () => ok(aPreview({ good: 0, people: 0, types: [] })) })
    await press(words.file.choose)

    expect(pageText()).toContain(words.check.none)
    expect([...document.querySelectorAll('button')].some((one) => one.textContent?.includes('Register'))).toBe(false)
  })

  it('offers nothing to register once the check has run out', async () => {
    await open({ choose: () => ok(aPreview({ expiresAt: minutesFromNow(-1) })) })
    await press(words.file.choose)

    expect(pageText()).toContain(words.check.over)
    expect([...document.querySelectorAll('button')].some((one) => one.textContent?.includes('Register'))).toBe(false)
  })

  it('lets main forget a file that is not registered: when closed, and when another is chosen', async () => {
    const { api } = await open()
    await press(words.file.choose)
    await press(words.check.another)
    expect(api.called.filter((one) => one === 'imports.discard')).toHaveLength(1)
    unmount()
    unmount = () => undefined
    await flushPromises()

    expect(api.called.filter((one) => one === 'imports.discard')).toHaveLength(2)
  })

  it('keeps the shown file when another one cannot be read', async () => {
    let answer: ReturnType<Api['imports']['choose']> = ok(aPreview())
    const { api } = await open({ choose: () => answer })
    await press(words.file.choose)
    answer = refused('import-file-invalid', { reason: 'not-csv', line: 12 })
    await press(words.check.another)

    expect(pageText()).toContain(messages.en.errors['import-file-invalid'].title)
    expect(pageText()).toContain('It is not CSV at line 12.')
    expect(button(apply).disabled).toBe(false)
    expect(api.called).not.toContain('imports.discard')
  })

  it('forgets a file that comes after the desk was locked, and closes', async () => {
    const file = later<Awaited<ReturnType<Api['imports']['choose']>>>()
    const { api, closed } = await open({ choose: () => file.promise })
    await press(words.file.choose)
    useSessionStore().status = atWork({ phase: 'locked' })
    await flushPromises()
    expect(closed()).toBe(1)
    await file.settle({ ok: true, value: aPreview() })

    expect(api.called).toContain('imports.discard')
    expect(pageText()).not.toContain('methods.csv')
  })

  it('saves the rows that are left out, in the language of the screen', async () => {
    const asked: unknown[] = []
    let file: string | null = 'C:/rows.csv'
    await open({
      saveBadRows: (input) => {
        asked.push(input)
        return ok(file === null ? null : { file })
      },
    })
    await press(words.file.choose)
    await press(words.check.saveRows)
    expect(asked).toEqual([{ importId, language: 'en' }])
    expect(pageText()).toContain('Saved as C:/rows.csv.')

    file = null
    await press(words.check.saveRows)
    expect(pageText()).not.toContain('Saved as')
  })

  it('says why the rows could not be saved, and offers nothing to save where every row is fine', async () => {
    await open({ saveBadRows: () => refused('file-not-written', { file: 'rows.csv' }) })
    await press(words.file.choose)
    await press(words.check.saveRows)
    expect(pageText()).toContain(messages.en.errors['file-not-written'].title.replace('{file}', 'rows.csv'))
    unmount()
    document.body.innerHTML = ''

    await open({ choose: () => ok(aPreview({ bad: [], badRows: 0 })) })
    await press(words.file.choose)
    expect(pageText()).not.toContain(words.check.saveRows)
  })

  it('saves the template', async () => {
    await open({ saveTemplate: () => ok({ file: '/home/tanaka/template.csv' }) })
    await press(words.file.template)

    expect(pageText()).toContain('Saved as /home/tanaka/template.csv.')
  })

  it('stops listening when it is gone', async () => {
    const { api } = await open()
    const during = api.listeners()
    unmount()
    unmount = () => undefined

    expect(api.listeners()).toBe(during - 1)
  })
})
