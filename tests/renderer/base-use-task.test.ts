import { describe, expect, it } from 'vitest'
import { useTask } from '../../src/renderer/src/lib/use-task'
import { AppError } from '../../src/shared/errors'

function later<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  return Promise.withResolvers<T>()
}

describe('useTask', () => {
  it('is busy while the work runs, and answers its value', async () => {
    const work = later<number>()
    const task = useTask(() => work.promise)

    const end = task.run()
    expect(task.busy.value).toBe(true)
    work.resolve(7)

    expect(await end).toEqual({ ok: true, value: 7 })
    expect(task.busy.value).toBe(false)
  })

  it('keeps the refusal for the screen and never rejects', async () => {
    const task = useTask(() => Promise.reject(new AppError('sign-in-wrong')))

    expect(await task.run()).toEqual({ ok: false })

    expect(task.error.value?.code).toBe('sign-in-wrong')
    task.clear()
    expect(task.error.value).toBeNull()
  })

  it('shows nothing of an unexpected error but that it happened', async () => {
    const task = useTask(() => Promise.reject(new Error('password=Sakura-Fubuki-1')))

    await task.run()

    expect(task.error.value?.code).toBe('internal')
    expect(JSON.stringify(task.error.value)).not.toContain('Sakura')
    expect(task.error.value?.message).not.toContain('Sakura')
  })

  it('runs once on a double click', async () => {
    const work = later<string>()
    let runs = 0
    const task = useTask(() => {
      runs += 1
      return work.promise
    })

    const first = task.run()
    const second = await task.run()
    work.resolve('done')
    await first

    expect(second).toEqual({ ok: false })
    expect(runs).toBe(1)
  })

  it('lets the latest win where asked, and drops the answer and the error of the earlier one', async () => {
    const works = [later<string>(), later<string>()]
    let turn = 0
    const task = useTask(async (): Promise<string> => {
      const work = works[turn]
      turn += 1
      return (await work?.promise) ?? ''
    }, 'latest')

    const first = task.run()
    const second = task.run()
    works[1]?.resolve('new')
    works[0]?.resolve('old')

    expect(await second).toEqual({ ok: true, value: 'new' })
    expect(await first).toEqual({ ok: false })
    expect(task.busy.value).toBe(false)
  })
})
