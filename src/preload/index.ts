import { contextBridge, ipcRenderer } from 'electron'
import type { IpcRendererEvent } from 'electron'
import type { Api } from '../shared/contract'
import type { DeskEventName, DeskEvents } from '../shared/events'

/** The pushes that a page may listen to; written out, because a sandboxed preload imports nothing but electron. */
const events = {
  'queue-changed': true,
  'verification-changed': true,
  'session-changed': true,
  'desk-closed': true,
} as const satisfies Record<DeskEventName, true>

/** All that the page may ask of main. A call of the contract that is missing here does not compile. */
const api: Api = {
  session: {
    status: () => ipcRenderer.invoke('session.status'),
    signIn: (input) => ipcRenderer.invoke('session.signIn', input),
    unlock: (input) => ipcRenderer.invoke('session.unlock', input),
    lock: () => ipcRenderer.invoke('session.lock'),
    signOut: () => ipcRenderer.invoke('session.signOut'),
    touch: () => ipcRenderer.invoke('session.touch'),
    useSample: () => ipcRenderer.invoke('session.useSample'),
    openExternal: (input) => ipcRenderer.invoke('session.openExternal', input),
  },
  vault: {
    create: (input) => ipcRenderer.invoke('vault.create', input),
    protection: () => ipcRenderer.invoke('vault.protection'),
    unlock: (input) => ipcRenderer.invoke('vault.unlock', input),
    recover: (input) => ipcRenderer.invoke('vault.recover', input),
  },
  people: {
    search: (input) => ipcRenderer.invoke('people.search', input),
    card: (input) => ipcRenderer.invoke('people.card', input),
  },
  requests: {
    list: (input) => ipcRenderer.invoke('requests.list', input),
    get: (input) => ipcRenderer.invoke('requests.get', input),
    create: (input) => ipcRenderer.invoke('requests.create', input),
    claim: (input) => ipcRenderer.invoke('requests.claim', input),
    release: (input) => ipcRenderer.invoke('requests.release', input),
    handOver: (input) => ipcRenderer.invoke('requests.handOver', input),
    addNote: (input) => ipcRenderer.invoke('requests.addNote', input),
    complete: (input) => ipcRenderer.invoke('requests.complete', input),
    refuse: (input) => ipcRenderer.invoke('requests.refuse', input),
    reopen: (input) => ipcRenderer.invoke('requests.reopen', input),
    operators: () => ipcRenderer.invoke('requests.operators'),
  },
  verification: {
    status: (input) => ipcRenderer.invoke('verification.status', input),
    checkCode: (input) => ipcRenderer.invoke('verification.checkCode', input),
    attest: (input) => ipcRenderer.invoke('verification.attest', input),
    decide: (input) => ipcRenderer.invoke('verification.decide', input),
    reopenChecks: (input) => ipcRenderer.invoke('verification.reopenChecks', input),
  },
  registration: {
    list: (input) => ipcRenderer.invoke('registration.list', input),
    startApp: (input) => ipcRenderer.invoke('registration.startApp', input),
    confirmApp: (input) => ipcRenderer.invoke('registration.confirmApp', input),
    cancelApp: (input) => ipcRenderer.invoke('registration.cancelApp', input),
    remove: (input) => ipcRenderer.invoke('registration.remove', input),
  },
  reset: {
    preview: (input) => ipcRenderer.invoke('reset.preview', input),
    perform: (input) => ipcRenderer.invoke('reset.perform', input),
    unlock: (input) => ipcRenderer.invoke('reset.unlock', input),
    recheck: (input) => ipcRenderer.invoke('reset.recheck', input),
    copyPassword: (input) => ipcRenderer.invoke('reset.copyPassword', input),
    dismiss: (input) => ipcRenderer.invoke('reset.dismiss', input),
  },
  audit: {
    list: (input) => ipcRenderer.invoke('audit.list', input),
    verify: () => ipcRenderer.invoke('audit.verify'),
    saveCopy: () => ipcRenderer.invoke('audit.saveCopy'),
  },
  settings: {
    view: () => ipcRenderer.invoke('settings.view'),
    preferences: () => ipcRenderer.invoke('settings.preferences'),
    setPreferences: (input) => ipcRenderer.invoke('settings.setPreferences', input),
  },
  on: (name, listener) => {
    if (!Object.hasOwn(events, name)) throw new TypeError(`No such event: ${String(name)}`)
    const forward = (_event: IpcRendererEvent, payload: DeskEvents[typeof name]): void => listener(payload)
    ipcRenderer.on(`event.${name}`, forward)
    return () => {
      ipcRenderer.off(`event.${name}`, forward)
    }
  },
}

contextBridge.exposeInMainWorld('api', api)
