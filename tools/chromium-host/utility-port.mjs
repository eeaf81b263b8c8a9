// Runs before the module of a utility process: gives it the `process.parentPort` that Electron would.
import { EventEmitter } from 'node:events'

class ParentPort extends EventEmitter {
  /** Kept until somebody listens, as in Electron. */
  #waiting = []

  constructor() {
    super()
    process.on('message', (data) => {
      if (this.listenerCount('message') === 0) this.#waiting.push(data)
      else this.emit('message', { data, ports: [] })
    })
    this.on('newListener', (name) => {
      if (name !== 'message') throw new Error(`chromium-host does not emit parentPort '${String(name)}'`)
      const waiting = this.#waiting
      this.#waiting = []
      queueMicrotask(() => {
        for (const data of waiting) this.emit('message', { data, ports: [] })
      })
    })
    // Without its app it has nothing to do.
    process.on('disconnect', () => process.exit(0))
  }

  postMessage(message) {
    if (process.connected) process.send(structuredClone(message), () => undefined)
  }
}

Object.defineProperty(process, 'parentPort', { value: new ParentPort(), enumerable: true })
