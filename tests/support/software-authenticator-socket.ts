import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { SoftwareAuthenticator } from './software-authenticator'
import type { AuthenticatorOptions } from './software-authenticator'

/** A key of software behind a Unix socket, as `--security-key-socket` takes it. */
export interface ServedAuthenticator {
  readonly key: SoftwareAuthenticator
  /** Plugs it in; it is from the start. Idempotent. */
  plug(): Promise<void>
  /** Pulls it out: whoever talks with it loses it. Idempotent. */
  unplug(): Promise<void>
  /** Touches it as soon as it asks for that. */
  touch(): Promise<void>
  setPin(pin: string | null): void
  /** Unplugs it for good and removes the socket. */
  stop(): Promise<void>
}

/** Serves one key on `socketFile`, for one program at a time or more. */
export async function serveAuthenticator(
  socketFile: string,
  options: AuthenticatorOptions = {},
): Promise<ServedAuthenticator> {
  const key = new SoftwareAuthenticator(options)
  const sockets = new Set<Socket>()
  let server: Server | null = null

  function serve(socket: Socket): void {
    sockets.add(socket)
    const port = key.connect((report) => void socket.write(report))
    let rest = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk])
      for (; rest.length >= 64; rest = rest.subarray(64)) port.write(rest.subarray(0, 64))
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      sockets.delete(socket)
      port.close()
    })
  }

  async function plug(): Promise<void> {
    if (server !== null) return
    rmSync(socketFile, { force: true })
    const next = createServer(serve)
    server = next
    await new Promise<void>((resolve, reject) => {
      next.once('error', reject)
      next.listen(socketFile, resolve)
    })
  }

  async function unplug(): Promise<void> {
    const current = server
    if (current === null) return
    server = null
    key.powerCycle()
    for (const socket of sockets) socket.destroy()
    await new Promise<void>((resolve) => current.close(() => resolve()))
    rmSync(socketFile, { force: true })
  }

  await plug()
  return {
    key,
    plug,
    unplug,
    async touch() {
      while (!key.touch()) await new Promise((resolve) => setTimeout(resolve, 10))
    },
    setPin: (pin) => key.setPin(pin),
    stop: unplug,
  }
}
