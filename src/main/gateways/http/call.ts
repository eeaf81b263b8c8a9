import { request } from 'node:http'
import { connect as connectPlain, isIP } from 'node:net'
import type { Socket } from 'node:net'
import { connect as connectSecure } from 'node:tls'
import { AppError } from '../../../shared/errors'
import { certificateFault } from '../../domain/certificate-faults'
import type { CodeChannel } from '../../../shared/model/verification'
import type { Target } from './address'

/** Whose refusals a failure is told as. */
export type HttpChannel = Extract<CodeChannel, 'sms' | 'voice'>

export interface HttpCall {
  readonly channel: HttpChannel
  readonly target: Target
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** PEM of the pinned CA; `null`: the ones that Node trusts. */
  readonly ca: string | null
  /** For the whole call, from the name's look-up to the answer's end. */
  readonly timeoutMs: number
}

/**
 * What came back. `lost`: the connection stood, and no answer came: the gateway may have acted. `whole` is false when the answer was
 * cut, at its limit or by the other side.
 */
export type HttpAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly text: string; readonly whole: boolean }
  | { readonly kind: 'lost'; readonly code: string }

const answerLimit = 64 * 1024

/**
 * One request on a connection of its own, without redirects, proxies or keeping alive. The connection stands, and its certificate is
 * checked, before a byte of the request is written: what fails until then was never sent.
 * Throws `sms-unreachable {host}`, `sms-certificate {host}`, and the same of `voice`; their causes hold a code and nothing of the request.
 */
export async function callHttp(call: HttpCall): Promise<HttpAnswer> {
  const timer = AbortSignal.timeout(call.timeoutMs)
  const socket = await openConnection(call, timer)
  try {
    return await exchange(call, socket, timer)
  } finally {
    socket.destroy()
  }
}

/** Opens the connection and closes it again. Throws as {@link callHttp}. */
export async function knock(call: Pick<HttpCall, 'channel' | 'target' | 'ca' | 'timeoutMs'>): Promise<void> {
  const socket = await openConnection(call, AbortSignal.timeout(call.timeoutMs))
  socket.destroy()
}

function openConnection(
  { channel, target: { host, port, secure, name }, ca }: Pick<HttpCall, 'channel' | 'target' | 'ca'>,
  timer: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    // A name server must not decide who this machine is (RFC 6761 §6.3).
    const lookup = host === 'localhost' ? { lookup: lookupLocalhost } : {}
    const socket = secure
      ? connectSecure({
          host,
          port,
          ...lookup,
          // An address may not be a server name (RFC 6066 §3); it is checked against the certificate as `host`.
          ...(isIP(host) === 0 && { servername: host }),
          ...(ca !== null && { ca: [ca] }),
          minVersion: 'TLSv1.2',
          rejectUnauthorized: true,
        })
      : connectPlain({ host, port, ...lookup })
    const giveUp = (): void => {
      socket.destroy(Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' }))
    }
    timer.addEventListener('abort', giveUp)
    socket.on('error', (error) => {
      timer.removeEventListener('abort', giveUp)
      const code = codeOf(error)
      const refusal = certificateFault(code) !== null ? 'certificate' : 'unreachable'
      reject(new AppError(`${channel}-${refusal}`, { host: name }, { cause: new Error(code) }))
    })
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      timer.removeEventListener('abort', giveUp)
      resolve(socket)
    })
  })
}

type LookupAnswer = (error: null, addresses: { readonly address: string; readonly family: number }[]) => void

function lookupLocalhost(_name: string, _options: unknown, answer: LookupAnswer): void {
  answer(null, [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ])
}

function exchange(call: HttpCall, socket: Socket, timer: AbortSignal): Promise<HttpAnswer> {
  const { target, method, headers, body } = call
  return new Promise((resolve) => {
    let status: number | null = null
    let size = 0
    const chunks: Buffer[] = []
    const end = (whole: boolean, code: string): void => {
      timer.removeEventListener('abort', giveUp)
      if (status === null) resolve({ kind: 'lost', code })
      else resolve({ kind: 'answered', status, text: Buffer.concat(chunks).toString('utf8'), whole })
      socket.destroy()
    }
    const giveUp = (): void => end(false, 'ETIMEDOUT')
    if (timer.aborted) return giveUp()
    timer.addEventListener('abort', giveUp)

    const sent = request({
      createConnection: () => socket,
      method,
      path: `${target.url.pathname}${target.url.search}`,
      headers: {
        ...headers,
        Host: target.url.host,
        Connection: 'close',
        ...(body !== '' && { 'Content-Length': String(Buffer.byteLength(body)) }),
      },
    })
    sent.on('error', (error) => end(false, codeOf(error)))
    sent.on('close', () => end(false, 'ECONNRESET'))
    sent.on('response', (answer) => {
      status = answer.statusCode ?? 0
      answer.on('data', (chunk: Buffer) => {
        chunks.push(chunk.subarray(0, answerLimit - size))
        size += chunk.length
        if (size > answerLimit) end(false, 'EMSGSIZE')
      })
      answer.on('end', () => end(answer.complete, ''))
      answer.on('error', (error) => end(false, codeOf(error)))
    })
    sent.end(body === '' ? undefined : body)
  })
}

/** Its code alone: a parser's error carries the bytes of the answer with it. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown'
}
