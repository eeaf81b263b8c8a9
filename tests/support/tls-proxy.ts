import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'

/** Passes bytes to a server, keeps what the client sent, and can cut every connection. */
export interface TlsProxy {
  readonly port: number
  /** Connections that clients have opened so far. */
  readonly connections: () => number
  /** Everything that clients sent so far, by connection: what a listener on the wire would have. */
  readonly sent: () => readonly Buffer[]
  /** Lets every answer wait so long: a far-away server. */
  delayAnswers(milliseconds: number): void
  /** Ends every open connection; `reset` with a TCP reset. Later connections pass again. */
  drop(how?: 'end' | 'reset'): void
  /**
   * Lets the TLS record after `passing` further ones of application data reach the server, but not the answer back: the
   * connection is ended then, or stays silent. Each LDAP request is one record; on a new TLS 1.3 connection the client's
   * "finished" is one before them.
   */
  loseAnswer(passing: number, how: 'end' | 'silence'): void
  stop(): Promise<void>
}

/** Starts a proxy on a loopback port in front of `host:port`. TLS passes through untouched. */
export function startTlsProxy(target: { host: string; port: number }): Promise<TlsProxy> {
  const pairs = new Set<{ client: Socket; upstream: Socket }>()
  const recorded: Buffer[][] = []
  let stalled = false
  let delay = 0
  let losing: { passing: number; how: 'end' | 'silence' } | null = null

  const server = createServer({ allowHalfOpen: false }, (client) => {
    const upstream = connect(target.port, target.host)
    const pair = { client, upstream }
    const chunks: Buffer[] = []
    const counter = recordCounter()
    recorded.push(chunks)
    pairs.add(pair)
    const end = (): void => {
      pairs.delete(pair)
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      socket.on('error', end)
      socket.on('close', end)
    }
    client.on('data', (chunk) => {
      chunks.push(chunk)
      const records = counter(chunk)
      if (losing === null || losing.passing >= records) {
        if (losing !== null) losing.passing -= records
        upstream.write(chunk)
        return
      }
      stalled = true
      const { how } = losing
      // Time enough for the server to carry the request out.
      upstream.write(chunk, () => how === 'end' && setTimeout(end, 200))
    })
    upstream.on('data', (chunk) => {
      if (stalled) return
      if (delay === 0) client.write(chunk)
      else setTimeout(() => client.writable && client.write(chunk), delay)
    })
  })

  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (address === null || typeof address === 'string') {
        reject(new Error('no port'))
        return
      }
      resolve({
        port: address.port,
        connections: () => recorded.length,
        delayAnswers(milliseconds) {
          delay = milliseconds
        },
        sent: () => recorded.map((chunks) => Buffer.concat(chunks)),
        drop(how = 'end') {
          for (const { client } of pairs) {
            if (how === 'reset') client.resetAndDestroy()
            else client.end()
          }
        },
        loseAnswer(passing, how) {
          losing = { passing, how }
        },
        stop() {
          for (const { client, upstream } of pairs) {
            client.destroy()
            upstream.destroy()
          }
          return new Promise((done) => {
            server.close(() => done())
          })
        },
      })
    })
  })
}

/** Counts the records of application data (RFC 8446 §5.1) that each chunk of a client's stream completes. */
function recordCounter(): (chunk: Buffer) => number {
  const applicationData = 0x17
  const ldapMessage = 0x30
  let pending: Buffer = Buffer.alloc(0)
  return (chunk) => {
    pending = Buffer.concat([pending, chunk])
    let records = 0
    for (;;) {
      // The StartTLS request stands before the first record.
      const plain = pending[0] === ldapMessage
      if (pending.length < (plain ? 2 : 5)) return records
      const length = plain ? 2 + (pending[1] ?? 0) : 5 + pending.readUInt16BE(3)
      if (pending.length < length) return records
      if (pending[0] === applicationData) records += 1
      pending = pending.subarray(length)
    }
  }
}
