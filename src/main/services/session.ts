import { AppError } from '../../shared/errors'
import type { DeskEvents } from '../../shared/events'
import type { DirectoryKind, Operator, Role } from '../../shared/model/operator'
import type { AuditDetails, AuditEvent, AuditRecorder } from '../audit/audit'
import type { Clock } from '../clock'
import type { Directory, DirectorySession } from '../directory/directory'
import { actorOf } from './audit-subjects'
import type { Emit } from './events'
import { LiveDirectory } from './live-directory'
import type { DirectoryHeard } from './live-directory'

/** The one who works at this desk and the connection that has their rights. Only the session makes one. */
export interface Acting {
  readonly operator: Operator
  readonly directory: DirectorySession
  /**
   * The operator with their roles as the directory names them now: read before every change (DESIGN.md §5.2).
   * Throws `role-required` when none of these is among them.
   */
  current(...wanted: readonly [Role, ...Role[]]): Promise<Operator>
}

/** What the session says of itself; the rest of `SessionStatus` belongs to the set-up. */
export interface SessionView {
  readonly phase: 'signed-out' | 'locked' | 'active'
  readonly operator: Operator | null
  readonly server: string | null
  readonly directoryKind: DirectoryKind | null
}

interface SessionParts {
  readonly directory: Directory
  readonly audit: AuditRecorder
  readonly clock: Clock
  readonly emit: Emit
  readonly idleLockSeconds: number
  /** Told how the directory answered each call. */
  readonly heard?: DirectoryHeard
}

type State =
  | { readonly phase: 'signed-out' }
  | { readonly phase: 'locked'; readonly operator: Operator; readonly typedUserId: string }
  | {
      readonly phase: 'active'
      readonly operator: Operator
      /** As typed: the same words bind again at the unlock. */
      readonly typedUserId: string
      readonly directory: LiveDirectory
    }

type LockReason = Extract<DeskEvents['session-changed']['reason'], 'idle' | 'locked' | 'computer-locked'>

const signedOut: State = { phase: 'signed-out' }

/**
 * Who is at the desk. The operator's password is in the directory connection alone, which the lock closes (DESIGN.md §5.2);
 * guesses are counted by the directory's own lock-out policy.
 */
export class SessionService {
  readonly #parts: SessionParts
  readonly #onBegin: ((acting: Acting) => void)[] = []
  readonly #onEnd: (() => void)[] = []
  #state: State = signedOut
  #lastActivity = 0
  #binding = false
  readonly #running = new Set<Promise<unknown>>()

  constructor(parts: SessionParts) {
    this.#parts = parts
  }

  /** Runs when somebody has signed in or unlocked: for work that waited for a directory. */
  onBegin(begin: (acting: Acting) => void): void {
    this.#onBegin.push(begin)
  }

  /** The one at the desk now, for work of the desk itself; `null` while locked or signed out. Does not put the idle lock off. */
  present(): Acting | null {
    this.lockWhenIdle()
    return this.#state.phase === 'active' ? this.#acting() : null
  }

  /** Runs when the session locks or ends: for those who keep something that only an operator at the desk may see. */
  onEnd(forget: () => void): void {
    this.#onEnd.push(forget)
  }

  view(): SessionView {
    this.lockWhenIdle()
    const state = this.#state
    return {
      phase: state.phase,
      operator: state.phase === 'signed-out' ? null : state.operator,
      server: state.phase === 'active' ? state.directory.server : null,
      directoryKind: state.phase === 'active' ? state.directory.kind : null,
    }
  }

  /** Throws `sign-in-…` as the directory answers, `no-role` for people who have no part in the desk. */
  async signIn(userId: string, password: string): Promise<void> {
    if (this.#state.phase !== 'signed-out') throw new AppError('not-available')

    const actor = { id: '', name: userId }
    await this.#bindOnce(() =>
      this.#recorded({ action: 'session.sign-in', actor, details: { userId } }, async (note) => {
        const { directory, operator } = await this.#bind(userId, password)
        this.#activate(directory, operator, userId)
        note({ operatorId: operator.id, operatorName: operator.name, roles: operator.roles.join(' ') })
      }),
    )
  }

  /** Ends the lock for the same person only, by a new bind. Throws `sign-in-other-person`, `sign-in-…`, `no-role`. */
  async unlock(password: string): Promise<void> {
    const locked = this.#state
    if (locked.phase === 'signed-out') throw new AppError('not-signed-in')
    if (locked.phase === 'active') return

    await this.#bindOnce(() =>
      this.#recorded({ action: 'session.unlock', actor: actorOf(locked) }, async () => {
        const { directory, operator } = await this.#bind(locked.typedUserId, password)
        if (operator.id !== locked.operator.id) {
          await directory.close()
          throw new AppError('sign-in-other-person', { name: locked.operator.name })
        }
        // Signed out while the directory was asked: an ended session does not come back.
        if (this.#state !== locked) {
          await directory.close()
          throw new AppError('not-signed-in')
        }
        this.#activate(directory, operator, locked.typedUserId)
      }),
    )
  }

  /** Drops the connection and everything shown; the screen keeps its place until the same person unlocks. */
  lock(reason: LockReason): void {
    if (this.#state.phase !== 'active') return

    const { operator, typedUserId } = this.#state
    this.#end({ phase: 'locked', operator, typedUserId }, reason)
    this.#parts.audit.append({ action: 'session.lock', actor: actorOf({ operator }), details: { reason } }, 'succeeded')
  }

  /** `settings-changed`: the desk opens anew, which nobody at the keyboard asked for. */
  signOut(reason: 'signed-out' | 'settings-changed' = 'signed-out'): void {
    if (this.#state.phase === 'signed-out') return

    const { operator } = this.#state
    this.#end(signedOut, reason)
    this.#parts.audit.append({ action: 'session.sign-out', actor: actorOf({ operator }) }, 'succeeded')
  }

  /** Somebody is at the keyboard: puts the idle lock off. */
  touch(): void {
    this.lockWhenIdle()
    this.#lastActivity = this.#parts.clock.now()
  }

  /** Called every second and before every answer, so that a computer that slept wakes up locked. */
  lockWhenIdle(): void {
    if (this.#state.phase !== 'active') return
    const now = this.#parts.clock.now()
    // A clock that was set back must not put the lock off by as much.
    this.#lastActivity = Math.min(this.#lastActivity, now)
    const idleMs = now - this.#lastActivity
    if (idleMs >= this.#parts.idleLockSeconds * 1000) this.lock('idle')
  }

  /** Runs `work` as the operator. Throws `not-signed-in` or `session-locked`. */
  async withOperator<T>(work: (acting: Acting) => T | Promise<T>): Promise<T> {
    return this.#run(work, this.#acting())
  }

  /** The same for reading: throws `role-required` by the roles as last read. */
  async withRole<T>(wanted: readonly [Role, ...Role[]], work: (acting: Acting) => Promise<T>): Promise<T> {
    const acting = this.#acting()
    assertHolds(acting.operator.roles, wanted)
    return this.#run(work, acting)
  }

  /** Resolves when everything that is under way has come to its end; a result that nobody records would be lost. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#running)
  }

  async #run<T>(work: (acting: Acting) => T | Promise<T>, acting: Acting): Promise<T> {
    const running = Promise.resolve(acting).then(work)
    this.#running.add(running)
    try {
      return await running
    } finally {
      this.#running.delete(running)
    }
  }

  #acting(): Acting {
    this.lockWhenIdle()
    const state = this.#state
    if (state.phase === 'signed-out') throw new AppError('not-signed-in')
    if (state.phase === 'locked') throw new AppError('session-locked')
    return {
      operator: state.operator,
      directory: state.directory,
      current: async (...wanted) => {
        const operator = { ...state.operator, roles: await state.directory.roles() }
        if (this.#state.phase === 'active' && this.#state.directory === state.directory) {
          this.#state = { ...this.#state, operator }
        }
        assertHolds(operator.roles, wanted)
        return operator
      },
    }
  }

  /** A second click must not send the same wrong password twice: each bind counts towards a lock-out. */
  async #bindOnce(work: () => Promise<void>): Promise<void> {
    if (this.#binding) throw new AppError('not-available')
    this.#binding = true
    try {
      await work()
    } finally {
      this.#binding = false
    }
  }

  /**
   * A desk whose audit store is not sound still lets people in to read and to verify it; its rows wait in memory, and every
   * change is refused with `desk-closed`.
   */
  async #recorded(event: AuditEvent, work: (note: (details: AuditDetails) => void) => Promise<void>): Promise<void> {
    const { audit } = this.#parts
    if (this.#isAuditSound()) return audit.record(event, (scope) => work((details) => scope.note(details)))

    try {
      await work(() => undefined)
      audit.append(event, 'succeeded')
    } catch (error) {
      audit.append(event, error instanceof AppError ? error.code : 'internal')
      throw error
    }
  }

  #isAuditSound(): boolean {
    if (!this.#parts.audit.closed) return true
    try {
      this.#parts.audit.reopen()
      return true
    } catch (error) {
      if (error instanceof AppError) return false
      throw error
    }
  }

  async #bind(userId: string, password: string): Promise<{ directory: LiveDirectory; operator: Operator }> {
    const bound = await this.#parts.directory.signIn(userId, password)
    const directory = new LiveDirectory(bound, () => this.#reject(directory), this.#parts.heard)
    try {
      const roles = await directory.roles()
      if (roles.length === 0) throw new AppError('no-role', { name: bound.person.name })
      return { directory, operator: { ...bound.person, roles } }
    } catch (error) {
      await directory.close()
      throw error
    }
  }

  #activate(directory: LiveDirectory, operator: Operator, typedUserId: string): void {
    this.#lastActivity = this.#parts.clock.now()
    this.#state = { phase: 'active', operator, typedUserId, directory }
    for (const begin of this.#onBegin) begin(this.#acting())
  }

  /** The directory no longer takes the operator's password: they are who they were no more. */
  #reject(directory: LiveDirectory): void {
    if (this.#state.phase !== 'active' || this.#state.directory !== directory) return

    const { operator } = this.#state
    this.#end(signedOut, 'rejected')
    this.#parts.audit.append({ action: 'session.sign-out', actor: actorOf({ operator }) }, 'rejected')
  }

  /** The state changes first: whatever fails afterwards, nobody works on an ended session. */
  #end(next: State, reason: DeskEvents['session-changed']['reason']): void {
    const ended = this.#state
    this.#state = next
    if (ended.phase === 'active') void ended.directory.close()
    for (const forget of this.#onEnd) forget()
    this.#parts.emit('session-changed', { reason })
  }
}

function assertHolds(held: readonly Role[], wanted: readonly [Role, ...Role[]]): void {
  if (!wanted.some((role) => held.includes(role))) throw new AppError('role-required', { role: wanted[0] })
}
