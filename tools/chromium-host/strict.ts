/**
 * The same object, but reading anything that it does not have is an error that names it: the app must not seem to work here
 * by using an Electron API that this host only lacks.
 */
export function strict<T extends object>(name: string, target: T): T {
  return new Proxy(target, {
    get(object, property) {
      if (!(property in object) && typeof property === 'string' && property !== 'then' && property !== 'toJSON') {
        throw new Error(`chromium-host does not implement electron.${name}.${property}`)
      }
      const value: unknown = Reflect.get(object, property)
      // Methods with #private state do not work through a proxy unless bound.
      if (typeof value !== 'function' || isClass(value)) return value
      return (...args: unknown[]): unknown => Reflect.apply(value, object, args)
    },
    set(_object, property) {
      throw new Error(`chromium-host does not let electron.${name}.${String(property)} be set`)
    },
  })
}

function isClass(value: object): boolean {
  return Function.prototype.toString.call(value).startsWith('class')
}

/** An event source that knows which events there are; listening for another one is an error. */
export class Events<Name extends string> {
  readonly #listeners = new Map<Name, Set<(...args: unknown[]) => void>>()
  readonly #owner: string

  constructor(owner: string, names: readonly Name[]) {
    this.#owner = owner
    for (const name of names) this.#listeners.set(name, new Set())
  }

  on(name: Name, listener: (...args: unknown[]) => void): this {
    const listeners = this.#listeners.get(name)
    if (listeners === undefined) throw new Error(`chromium-host does not emit ${this.#owner} '${name}'`)
    listeners.add(listener)
    return this
  }

  once(name: Name, listener: (...args: unknown[]) => void): this {
    const first = (...args: unknown[]): void => {
      this.#listeners.get(name)?.delete(first)
      listener(...args)
    }
    return this.on(name, first)
  }

  emit(name: Name, ...args: readonly unknown[]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) listener(...args)
  }
}

/** Electron's event object as far as it can be refused. */
export interface Refusable {
  readonly defaultPrevented: boolean
  preventDefault(): void
}

export function refusable(fields: object = {}): Refusable {
  let prevented = false
  return {
    ...fields,
    get defaultPrevented() {
      return prevented
    },
    preventDefault: () => {
      prevented = true
    },
  }
}
