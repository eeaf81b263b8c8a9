import { describe, expect, it } from 'vitest'
import type { AuditScope } from '../../../src/main/audit/audit'
import type { Directory } from '../../../src/main/directory/directory'
import { Approvals } from '../../../src/main/services/approvals'
import { AppError } from '../../../src/shared/errors'

const parties = { agentId: 'agent', targetId: 'target' }
const credentials = { userId: 'takahashi.yumi', password: 'typed wrong' }
const scope: AuditScope = {
  operationId: 'one',
  note: () => undefined,
  indeterminate: () => undefined,
  outcome: () => undefined,
}

describe('Approvals.confirm', () => {
  it('sends one bind for two clicks, and is free again after its answer', async () => {
    let binds = 0
    const answers: (() => void)[] = []
    const directory: Directory = {
      signIn: () => {
        binds += 1
        return new Promise((_resolve, reject) => answers.push(() => reject(new AppError('sign-in-wrong'))))
      },
    }
    const approvals = new Approvals(directory)

    const first = approvals.confirm(parties, credentials, scope)
    await expect(approvals.confirm(parties, credentials, scope)).rejects.toMatchObject({ code: 'not-available' })
    expect(binds).toBe(1)
    answers[0]?.()
    await expect(first).rejects.toMatchObject({ code: 'sign-in-wrong' })

    const again = approvals.confirm(parties, credentials, scope)
    answers[1]?.()
    await expect(again).rejects.toMatchObject({ code: 'sign-in-wrong' })
    expect(binds).toBe(2)
  })
})
