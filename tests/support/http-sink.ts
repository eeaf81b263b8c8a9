import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'

/** A request as it arrived. */
export interface SunkRequest {
  readonly method: string
  /** Path and query, as sent. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What the sink says. `silence`: nothing at all; `hang-up`: the connection ends; `cut`: in the middle of the answer. */
export type SinkAnswer =
  | {
      readonly status: number
      readonly body?: string
      readonly headers?: Readonly<Record<string, string>>
      readonly ending?: 'whole' | 'cut'
    }
  | 'silence'
  | 'hang-up'

/** An HTTP server that records what it is asked and answers as it is told: the other side of gateways that no test can reach. */
export interface HttpSink {
  /** `http://127.0.0.1:port` or, with a certificate, `https://localhost:port`. */
  readonly origin: string
  /** `host:port`, as `allowedHosts` wants it. */
  readonly host: string
  readonly requests: SunkRequest[]
  /** How often somebody connected, whether or not a request came. */
  readonly connections: () => number
  /** For every request from now on. */
  answer(how: SinkAnswer | ((request: SunkRequest) => SinkAnswer)): void
  stop(): Promise<void>
}

/** Starts it on a free port of this machine; over TLS with a key and a certificate, in PEM. */
export async function startHttpSink(
  tls: { readonly key: string; readonly cert: string; readonly maxVersion?: 'TLSv1.1' } | null = null,
): Promise<HttpSink> {
  const requests: SunkRequest[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  let how: SinkAnswer | ((request: SunkRequest) => SinkAnswer) = { status: 200 }

  const listener: RequestListener = (request, response) => {
    void record(request).then((sunk) => {
      requests.push(sunk)
      reply(typeof how === 'function' ? how(sunk) : how, response)
    })
  }
  const server =
    tls === null
      ? createServer(listener)
      : createSecureServer(
          {
            key: tls.key,
            cert: tls.cert,
            ...(tls.maxVersion !== undefined && {
              minVersion: 'TLSv1' as const,
              maxVersion: tls.maxVersion,
              ciphers: 'ALL@SECLEVEL=0',
            }),
          },
          listener,
        )
  server.on('connection', (socket: Socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
  })
  server.on('tlsClientError', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const { port } = server.address() as AddressInfo
  const host = `${tls === null ? '127.0.0.1' : 'localhost'}:${port}`

  return {
    origin: `${tls === null ? 'http' : 'https'}://${host}`,
    host,
    requests,
    connections: () => connections,
    answer(next) {
      how = next
    },
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function record(request: IncomingMessage): Promise<SunkRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) headers[name] = String(value)
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers,
    body: Buffer.concat(chunks).toString('utf8'),
  }
}

function reply(answer: SinkAnswer, response: ServerResponse): void {
  if (answer === 'silence') return
  if (answer === 'hang-up') {
    response.socket?.destroy()
    return
  }
  const body = Buffer.from(answer.body ?? '')
  response.writeHead(answer.status, { ...answer.headers, 'Content-Length': body.length })
  if (answer.ending !== 'cut') {
    response.end(body)
    return
  }
  response.write(body.subarray(0, Math.ceil(body.length / 2)), () => response.socket?.destroy())
}

/** Twilio's Messages resource: 201 with a `sid`, then these states one after the other whenever it is asked. */
export function likeTwilio(...states: readonly string[]): (request: SunkRequest) => SinkAnswer {
  const left = [...states]
  const sid = 'SM0123456789abcdef0123456789abcdef'
  return ({ method }) => {
    const status = method === 'POST' ? 'queued' : ((left.length > 1 ? left.shift() : left[0]) ?? 'queued')
    return {
      status: method === 'POST' ? 201 : 200,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ sid, status, error_code: null }),
    }
  }
}

/** Vonage's SMS API: 200 for everything, and a status of its own inside, in the layout it has. */
export function likeVonage(status: string): Exclude<SinkAnswer, string> {
  const message =
    status === '0' ? { 'message-id': '0A0000000123ABCD1', status } : { status, 'error-text': 'Bad Credentials' }
  return { status: 200, body: JSON.stringify({ 'message-count': '1', messages: [message] }, null, 4) }
}
