import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { reportBytes } from './ctaphid'
import type { HidChannel, KeyDevices } from './hid-channel'
import { failed } from './key-connection'

/**
 * One key behind a Unix socket that carries bare 64-byte reports: for unpackaged runs, where tests and the demo bring a key of
 * software. It is plugged in as long as the socket is there.
 */
export function socketDevices(file: string): KeyDevices {
  return {
    list: () =>
      Promise.resolve(
        existsSync(file) ? [{ id: file, mayOpen: () => Promise.resolve(true), open: () => openSocket(file) }] : [],
      ),
  }
}

function openSocket(file: string): Promise<HidChannel> {
  return new Promise((resolve, reject) => {
    const socket = connect(file)
    socket.once('error', () => reject(failed('open')))
    socket.once('connect', () => resolve(channelOf(socket)))
  })
}

function channelOf(socket: Socket): HidChannel {
  let listener: ((report: Uint8Array) => void) | undefined
  let gone: (() => void) | undefined
  let isGone = false
  let rest = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    rest = Buffer.concat([rest, typeof chunk === 'string' ? Buffer.from(chunk) : chunk])
    let at = 0
    for (; at + reportBytes <= rest.length; at += reportBytes) {
      listener?.(new Uint8Array(rest.subarray(at, at + reportBytes)))
    }
    rest = rest.subarray(at)
  })
  socket.on('error', () => undefined)
  socket.on('close', () => {
    isGone = true
    gone?.()
  })
  return {
    send: (report) =>
      new Promise((resolve, reject) => {
        socket.write(report, (error) => (error ? reject(failed('removed')) : resolve()))
      }),
    onReport(next) {
      listener = next
    },
    onGone(next) {
      gone = next
      if (isGone) next()
    },
    close: () =>
      new Promise((resolve) => {
        if (socket.destroyed) return resolve()
        socket.once('close', () => resolve())
        socket.end(() => socket.destroy())
      }),
  }
}
