import { describe, expect, it } from 'vitest'
import { createDirectory } from '../../../src/main/directory'
import { sampleConfig } from '../../../src/main/config'
import { LiveDirectory } from '../../../src/main/services/live-directory'
import { FaultyDirectory } from '../../support/faulty-directory'
import { TestClock } from '../../support/test-clock'
import { seedPassword } from '../../support/desk'

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

async function bound(): Promise<{ live: LiveDirectory; directory: FaultyDirectory; id: string }> {
  const config = sampleConfig().directory
  const directory = new FaultyDirectory(createDirectory({ config, clock: new TestClock(), log }))
  const session = await directory.signIn('sato.misaki', seedPassword)
  const { people } = await session.search('yamada.hanako', 1)
  return { live: new LiveDirectory(session, () => undefined), directory, id: people[0]?.id ?? '' }
}

describe('LiveDirectory.close', () => {
  it('lets a write on its way finish before the connection goes', async () => {
    const { live, directory, id } = await bound()
    let letGo = (): void => undefined
    const held = new Promise<void>((resolve) => (letGo = resolve))
    directory.faults.resetPassword = async (write) => {
      await held
      return write()
    }
    const write = live.resetPassword(id, 'Kametani-Hasuregu-472')
    const closing = live.close()
    await Promise.resolve()
    expect(directory.sessions).toEqual([{ userId: 'sato.misaki', closed: false }])

    letGo()

    expect(await write).toMatchObject({ kind: 'done' })
    await closing
    expect(directory.sessions).toEqual([{ userId: 'sato.misaki', closed: true }])
  })

  it('refuses every call afterwards', async () => {
    const { live, directory, id } = await bound()
    await live.close()

    for (const call of [
      () => live.roles(),
      () => live.search('yamada', 1),
      () => live.card(id),
      () => live.state(id),
      () => live.passwordPolicy(id),
      () => live.agents(),
      () => live.resetPassword(id, 'x'),
      () => live.unlock(id),
      () => live.stateOn('x', id),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'session-locked' })
    }
    expect(directory.writes).toEqual([])
  })
})
