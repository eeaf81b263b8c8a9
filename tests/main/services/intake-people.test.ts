import { describe, expect, it } from 'vitest'
import { whoIsMeant } from '../../../src/main/services/intake-people'
import type { PersonSummary } from '../../../src/shared/model/person'

function person(userId: string): PersonSummary {
  return {
    id: `${userId}@dc=sakura`,
    name: userId,
    reading: '',
    userId,
    mail: `${userId}@sakura.example`,
    department: '',
    employeeNumber: '',
    lock: 'unknown',
    disabled: false,
  }
}

const known: Readonly<Record<string, readonly string[]>> = {
  yamada: ['yamada'],
  'yamada@sakura.example': ['yamada'],
  ito: ['ito'],
  'info@sakura.example': ['yamada', 'ito'],
}

const ask = (...named: string[]): ReturnType<typeof whoIsMeant> =>
  whoIsMeant(named, async (name) => (known[name] ?? []).map(person))

describe('whoIsMeant', () => {
  it('is sure of one person only', async () => {
    expect(await ask('yamada')).toMatchObject({ person: { userId: 'yamada' } })
    expect(await ask('yamada', 'yamada@sakura.example')).toMatchObject({ person: { userId: 'yamada' } })
  })

  it('leaves everything else to a human', async () => {
    expect(await ask('nobody')).toEqual({ trouble: 'unknown-person' })
    expect(await ask('info@sakura.example')).toEqual({ trouble: 'ambiguous-person' })
    expect(await ask('yamada', 'ito')).toEqual({ trouble: 'several-people' })
    expect(await ask('yamada', 'nobody')).toEqual({ trouble: 'several-people' })
    expect(await ask('yamada', 'info@sakura.example')).toEqual({ trouble: 'several-people' })
  })
})
