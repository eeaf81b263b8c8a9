import { parseArgs } from 'node:util'
import { hidDevices } from './gateways/security-key/hid-devices'
import { serveSecurityKeys } from './gateways/security-key/key-process'
import { socketDevices } from './gateways/security-key/socket-devices'

// The process that talks with security keys, forked by the app. `--socket FILE`: a key of software in place of USB (unpackaged runs).

const { values } = parseArgs({ strict: false, options: { socket: { type: 'string' } } })
const { parentPort } = process

serveSecurityKeys(
  {
    post: (message) => parentPort.postMessage(message),
    onMessage: (listener) => {
      parentPort.on('message', (event) => listener(event.data))
    },
  },
  typeof values.socket === 'string' ? socketDevices(values.socket) : hidDevices(),
)
