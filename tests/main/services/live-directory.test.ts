import { describe, expect, it } from 'vitest'
import { createDirectory } from '../../../src/main/directory'
import { sampleConfig } from '../../../src/main/config'
import { AppError } from '../../../src/shared/errors'
import { LiveDirectory } from '../../../src/main/services/live-directory'
import { FaultyDirectory } from '../../support/faulty-directory'
import { TestClock } from '../../support/test-clock'
import { seedPassword } from '../../support/desk'
import { silentLog } from '../../support/silent-log'

async function bound(): Promise<{
  live: LiveDirectory
  directory: FaultyDirectory
  id: string
  heard: (string | null)[]
}> {
  const config = sampleConfig().directory
  const directory = new FaultyDirectory(createDirectory({ config, clock: new TestClock(), log: silentLog }))
  const session = await directory.signIn('sato.misaki', seedPassword)
  const { people } = await session.search('yamada.hanako', 1)
  const heard: (string | null)[] = []
  const live = new LiveDirectory(
    session,
    () => undefined,
    (code) => heard.push(code),
  )
  return { live, directory, id: people[0]?.id ?? '', heard }
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
      () => live.find('yamada.hanako'),
      () => live.belongsTo(id, []),
      () => live.findGroups('', 1),
      () => live.findBases('', 1),
      () => live.serverTime(),
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

describe('LiveDirectory and how the directory is', () => {
  it('tells of each call whether the directory answered; a refusal is an answer', async () => {
    const { live, directory, id, heard } = await bound()
    await live.card(id)
    directory.faults.card = async () => {
      throw new AppError('person-not-found')
    }
    await expect(live.card(id)).rejects.toMatchObject({ code: 'person-not-found' })
    directory.faults.card = async () => {
      throw new AppError('directory-timeout', { server: 'sample:0' })
    }
    await expect(live.card(id)).rejects.toMatchObject({ code: 'directory-timeout' })
    expect(heard).toEqual([null, null, 'directory-timeout'])
  })

  it('tells nothing of what is no answer: a mistake of its own, or a closed session', async () => {
    const { live, directory, id, heard } = await bound()
    directory.faults.card = async () => {
      throw new TypeError('a bug')
    }
    await expect(live.card(id)).rejects.toThrow('a bug')
    await live.close()
    await expect(live.card(id)).rejects.toMatchObject({ code: 'session-locked' })
    expect(heard).toEqual([])
  })
})
