import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { effectScope, nextTick, shallowRef } from 'vue'
import { markable, useMarks, type Marks } from '../../src/renderer/src/components/requests/use-marks'
import { requestStates, type ResetRequest } from '../../src/shared/model/request'
import { aRequest } from './support/work'

const row = (id: string, state: ResetRequest['state'] = 'open') => aRequest({ id, state })

function marksOf(rows: readonly ResetRequest[]) {
  const list = shallowRef(rows)
  const scope = effectScope()
  const marks = scope.run(() => useMarks(() => list.value)) as Marks
  return { list, marks, ids: () => [...marks.marked.value].sort(), end: () => scope.stop() }
}

describe('useMarks', () => {
  const five = ['a', 'b', 'c', 'd', 'e'].map((id) => row(id))

  it('marks one, and frees it again', () => {
    const { marks, ids } = marksOf(five)
    marks.toggle('b')
    marks.toggle('d')
    marks.toggle('b')
    expect(ids()).toEqual(['d'])
  })

  it('marks a range from the last one, either way, and shrinks it again', () => {
    const { marks, ids } = marksOf(five)
    marks.toggle('a')
    marks.toggle('c')
    marks.range(null, 'e')
    expect(ids()).toEqual(['a', 'c', 'd', 'e'])
    marks.range(null, 'd')
    expect(ids()).toEqual(['a', 'c', 'd'])
    marks.range(null, 'b')
    expect(ids()).toEqual(['a', 'b', 'c'])
  })

  it('begins a range at the open row where nothing was marked', () => {
    const { marks, ids } = marksOf(five)
    marks.range('b', 'd')
    expect(ids()).toEqual(['b', 'c', 'd'])
  })

  it('never marks a closed request', () => {
    const { marks, ids } = marksOf([row('a'), row('b', 'done'), row('c')])
    marks.toggle('b')
    expect(ids()).toEqual([])
    marks.all()
    expect(ids()).toEqual(['a', 'c'])
    marks.clear()
    marks.range('a', 'c')
    expect(ids()).toEqual(['a', 'c'])
  })

  it('forgets what left the list or was closed by somebody else', async () => {
    const { list, marks, ids, end } = marksOf(five)
    marks.all()
    list.value = [row('a'), row('b', 'refused'), row('d')]
    await nextTick()
    expect(ids()).toEqual(['a', 'd'])
    end()
  })

  it('holds nothing but open and claimed requests of the list, whatever is done', async () => {
    const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'z')
    const steps = fc.array(
      fc.oneof(
        ids.map((id) => (marks: Marks) => {
          marks.toggle(id)
        }),
        fc.tuple(ids, ids).map(([from, to]) => (marks: Marks) => {
          marks.range(from, to)
        }),
        fc.constant((marks: Marks) => {
          marks.all()
        }),
      ),
      { maxLength: 12 },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...requestStates), { maxLength: 5 }), steps, async (states, run) => {
        const rows = states.map((state, index) => row(String.fromCharCode(97 + index), state))
        const { marks, ids: marked, end } = marksOf(rows)
        for (const step of run) step(marks)
        await nextTick()
        const allowed = rows.filter(markable).map(({ id }) => id)
        expect(marked().filter((id) => !allowed.includes(id))).toEqual([])
        end()
      }),
    )
  })
})
