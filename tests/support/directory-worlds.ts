import { sampleConfig } from '../../src/main/config'
import type { DirectoryConfig } from '../../src/main/config'
import { createDirectory } from '../../src/main/directory'
import type { Directory } from '../../src/main/directory/directory'
import { SampleDirectory } from '../../src/main/directory/memory'
import { sampleOrganisation } from '../../src/main/directory/sample-organisation'
import { AppError } from '../../src/shared/errors'
import { systemClock } from '../../src/main/clock'
import type { BindAnswer } from './organisation'
import { silentLog } from './silent-log'
import { sambaGroupDn, startSamba } from './samba'
import { startSlapd } from './slapd'
import { slapdBase, slapdGroupDn } from './slapd-seed'

/** What one spec needs of a server besides the directory under test. */
export interface World {
  readonly directory: Directory
  /** Same servers, another configuration. */
  with(change: Partial<DirectoryConfig>): Directory
  readonly password: string
  readonly kind: 'sample' | 'openldap' | 'active-directory'
  lock(userId: string): Promise<void>
  bindAs(userId: string, password: string): Promise<BindAnswer>
  rename(userId: string, name: string): Promise<void>
  setMember(group: string, userId: string, member: boolean): Promise<void>
  /** DN of a group of the sample organisation, and of the unit that people are in. */
  groupDn(name: string): string
  readonly peopleUnit: string
  stop(): Promise<void>
}

const clock = systemClock()

async function sampleWorld(): Promise<World> {
  const organisation = sampleOrganisation()
  const { directory: config } = sampleConfig()
  const directory = new SampleDirectory({ config, clock }, organisation)
  const answers: Partial<Record<string, BindAnswer>> = {
    'sign-in-wrong': 'wrong',
    'sign-in-locked': 'locked',
    'sign-in-must-change': 'must-change',
    'sign-in-expired': 'expired',
  }
  async function bindAs(userId: string, password: string): Promise<BindAnswer> {
    try {
      await directory.signIn(userId, password)
      return 'ok'
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return answers[error.code] ?? `other:${error.code}`
    }
  }
  return {
    directory,
    with: (change) => new SampleDirectory({ config: { ...config, ...change }, clock }, organisation),
    password: organisation.password,
    kind: 'sample',
    bindAs,
    async lock(userId) {
      for (let attempt = 0; attempt < 3; attempt += 1) await bindAs(userId, 'certainly-wrong')
    },
    async rename(userId, name) {
      const person = organisation.people.find((each) => each.userId === userId)
      if (person !== undefined) person.name = name
    },
    async setMember(name, userId, member) {
      const group = organisation.groups.find((each) => each.name === name)
      if (group === undefined) throw new Error(name)
      group.members = member ? [...group.members, userId] : group.members.filter((each) => each !== userId)
    },
    groupDn: slapdGroupDn,
    peopleUnit: `ou=people,${slapdBase}`,
    stop: async () => undefined,
  }
}

async function serverWorld(start: typeof startSlapd | typeof startSamba): Promise<World> {
  const server = await start()
  const make = (change: Partial<DirectoryConfig>): Directory =>
    createDirectory({ config: { ...server.config, ...change }, clock, log: silentLog })
  const isSamba = server.kind === 'active-directory'
  return {
    ...server,
    directory: make({}),
    with: make,
    groupDn: isSamba ? sambaGroupDn : slapdGroupDn,
    peopleUnit: isSamba ? `OU=Staff,${server.baseDn}` : `ou=people,${slapdBase}`,
  }
}

/** The same organisation on every kind of directory: one spec for all of them. */
export const worlds = [
  ['the sample organisation', sampleWorld],
  ['OpenLDAP', () => serverWorld(startSlapd)],
  ['Samba AD', () => serverWorld(startSamba)],
] as const
