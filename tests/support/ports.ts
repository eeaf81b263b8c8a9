import { randomInt } from 'node:crypto'
import { connect, createServer } from 'node:net'
import type { Server } from 'node:net'

// Below the ports that a system hands out for outgoing connections (from 32768 on Linux, 49152 elsewhere): a port out of
// that range is taken by somebody's connection between the moment it is found free and the moment a server listens on it.
const firstSlice = 15_000
const endOfSlices = 32_000
const portsOfSlice = 100

function listening(host: string, port: number): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', () => resolve(null))
    server.listen({ host, port, exclusive: true }, () => resolve(server))
  })
}

/** Claims a range of ports for this process: whoever listens on its first port has it, so a process that dies lets go. */
async function claimSlice(): Promise<number> {
  const count = (endOfSlices - firstSlice) / portsOfSlice
  const start = randomInt(count)
  for (let attempt = 0; attempt < count; attempt++) {
    const first = firstSlice + ((start + attempt) % count) * portsOfSlice
    const holder = await listening('127.0.0.1', first)
    if (holder === null) continue
    holder.unref()
    return first
  }
  throw new Error('All ranges of ports for tests are held')
}

let slice: Promise<number> | null = null
let next = 1

/** A TCP port that is free on this loopback address, and that no other test process is given. */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  slice ??= claimSlice()
  const first = await slice
  for (let attempt = 1; attempt < portsOfSlice; attempt++) {
    const port = first + next
    next = (next % (portsOfSlice - 1)) + 1
    const server = await listening(host, port)
    if (server === null) continue
    await new Promise<void>((resolve) => server.close(() => resolve()))
    return port
  }
  throw new Error(`No port is free from ${first} on`)
}

/** Whether this user may listen on this port at all, free or not. */
export function canListen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'EACCES'))
    server.listen(port, host, () => server.close(() => resolve(true)))
  })
}

/** Whether something accepts connections there. */
export function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
