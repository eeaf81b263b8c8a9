import { randomUUID } from 'node:crypto'
import type { IpcMain, IpcMainInvokeEvent, WebFrameMain } from 'electron'
import type { ZodType } from 'zod'
import { contract } from '../../shared/contract'
import type { Handlers } from '../../shared/contract'
import { AppError } from '../../shared/errors'
import type { Result } from '../../shared/errors'
import { deskEvents } from '../../shared/events'
import type { DeskEventName, DeskEvents } from '../../shared/events'
import { isPlainAndSmall } from './payload'

/** What `serve` needs of the desk. */
export interface Served {
  readonly handlers: Handlers
  on<N extends DeskEventName>(name: N, listener: (payload: DeskEvents[N]) => void): () => void
}

interface ServeOptions {
  readonly ipcMain: Pick<IpcMain, 'handle'>
  readonly desk: Served
  /** The origin of the app's own page, `app://desk`. */
  readonly origin: string
  /** The main frame of the app's window; `null` while there is none. */
  readonly mainFrame: () => WebFrameMain | null
  readonly log: {
    warn(fields: object, message: string): void
    error(fields: object, message: string): void
  }
}

/** An answer that does not fit the contract: a bug of ours. Carries paths and codes only, because values may be secret. */
class AnswerMismatch extends Error {
  override readonly name = 'AnswerMismatch'
}

/**
 * Answers every call of the contract for the app's own main frame, and forwards the desk's events to it. The only place
 * that touches `ipcMain`. A foreign sender gets a rejection without a reason (Electron security checklist, item 17).
 */
export function serve({ ipcMain, desk, origin, mainFrame, log }: ServeOptions): void {
  const isOurs = (frame: WebFrameMain | null): boolean => {
    if (frame === null || frame.isDestroyed() || frame.detached) return false
    return frame === mainFrame() && frame.parent === null && frame.origin === origin
  }

  const features: Readonly<Record<string, Readonly<Record<string, Call>>>> = contract
  for (const [feature, methods] of Object.entries(features)) {
    for (const [method, schemas] of Object.entries(methods)) {
      const channel = `${feature}.${method}`
      const handler = findHandler(desk.handlers, feature, method)
      ipcMain.handle(channel, async (event: IpcMainInvokeEvent, ...args: unknown[]): Promise<Result<unknown>> => {
        if (!isOurs(event.senderFrame)) {
          log.warn({ channel }, 'a call from a foreign frame was refused')
          throw new Error('refused')
        }
        return answer(channel, schemas, handler, args, log)
      })
    }
  }

  for (const name of deskEvents) {
    desk.on(name, (payload) => {
      const frame = mainFrame()
      if (isOurs(frame)) frame?.send(`event.${name}`, payload)
    })
  }
}

interface Call {
  readonly input: ZodType
  readonly output: ZodType
}
type Handler = (input: unknown) => unknown

/** The contract's types guarantee the handler; this keeps a wrong build from answering calls half-way. */
function findHandler(handlers: Handlers, feature: string, method: string): Handler {
  const table: Readonly<Record<string, Readonly<Record<string, unknown>>>> = handlers
  const handler = Object.hasOwn(table, feature) ? table[feature]?.[method] : undefined
  if (typeof handler !== 'function') throw new Error(`No handler for ${feature}.${method}`)
  return (input): unknown => Reflect.apply(handler, table[feature], [input])
}

async function answer(
  channel: string,
  schemas: Call,
  handler: Handler,
  args: readonly unknown[],
  log: ServeOptions['log'],
): Promise<Result<unknown>> {
  const input = args.length <= 1 && isPlainAndSmall(args[0]) ? schemas.input.safeParse(args[0]) : null
  if (!input?.success) {
    const field = input?.error.issues[0]?.path.join('.') ?? ''
    log.warn({ channel, field }, 'a call with invalid input was refused')
    return { ok: false, code: 'invalid-input', params: { field } }
  }
  try {
    const output = schemas.output.safeParse(await handler(input.data))
    if (output.success) return { ok: true, value: output.data }
    const issues = output.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.code}`)
    throw new AnswerMismatch(issues.join('; '))
  } catch (error) {
    if (error instanceof AppError) return { ok: false, code: error.code, params: error.params }
    const incident = randomUUID().slice(0, 8)
    log.error({ channel, incident, err: error }, 'a call failed unexpectedly')
    return { ok: false, code: 'internal', params: { incident } }
  }
}
