import { contextBridge, ipcRenderer } from 'electron'
import type { IpcRendererEvent } from 'electron'
import type { Api } from '../shared/contract'
import type { DeskEventName, DeskEvents } from '../shared/events'

/** The pushes that a page may listen to; written out, because a sandboxed preload imports nothing but electron. */
const events = {
  'queue-changed': true,
  'verification-changed': true,
  'enrolment-changed': true,
  'intake-changed': true,
  'approvals-changed': true,
  'threat-changed': true,
  'security-key-changed': true,
  'import-changed': true,
  'health-changed': true,
  'show-request': true,
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
    refuseMany: (input) => ipcRenderer.invoke('requests.refuseMany', input),
    reopen: (input) => ipcRenderer.invoke('requests.reopen', input),
    operators: () => ipcRenderer.invoke('requests.operators'),
    views: () => ipcRenderer.invoke('requests.views'),
    saveView: (input) => ipcRenderer.invoke('requests.saveView', input),
    removeView: (input) => ipcRenderer.invoke('requests.removeView', input),
  },
  intake: {
    list: (input) => ipcRenderer.invoke('intake.list', input),
    get: (input) => ipcRenderer.invoke('intake.get', input),
    ofRequest: (input) => ipcRenderer.invoke('intake.ofRequest', input),
    match: (input) => ipcRenderer.invoke('intake.match', input),
    dismiss: (input) => ipcRenderer.invoke('intake.dismiss', input),
    templates: () => ipcRenderer.invoke('intake.templates'),
    readyTemplates: () => ipcRenderer.invoke('intake.readyTemplates'),
    saveTemplates: (input) => ipcRenderer.invoke('intake.saveTemplates', input),
    tryTemplates: (input) => ipcRenderer.invoke('intake.tryTemplates', input),
  },
  diagnosis: {
    ofRequest: (input) => ipcRenderer.invoke('diagnosis.ofRequest', input),
    ofPerson: (input) => ipcRenderer.invoke('diagnosis.ofPerson', input),
  },
  verification: {
    status: (input) => ipcRenderer.invoke('verification.status', input),
    sendCode: (input) => ipcRenderer.invoke('verification.sendCode', input),
    checkCode: (input) => ipcRenderer.invoke('verification.checkCode', input),
    drawQuestions: (input) => ipcRenderer.invoke('verification.drawQuestions', input),
    checkAnswers: (input) => ipcRenderer.invoke('verification.checkAnswers', input),
    checkKey: (input) => ipcRenderer.invoke('verification.checkKey', input),
    dial: (input) => ipcRenderer.invoke('verification.dial', input),
    attestCallBack: (input) => ipcRenderer.invoke('verification.attestCallBack', input),
    reverseCheck: (input) => ipcRenderer.invoke('verification.reverseCheck', input),
    report: (input) => ipcRenderer.invoke('verification.report', input),
    attest: (input) => ipcRenderer.invoke('verification.attest', input),
    decide: (input) => ipcRenderer.invoke('verification.decide', input),
    reopenChecks: (input) => ipcRenderer.invoke('verification.reopenChecks', input),
  },
  registration: {
    list: (input) => ipcRenderer.invoke('registration.list', input),
    startApp: (input) => ipcRenderer.invoke('registration.startApp', input),
    startPhone: (input) => ipcRenderer.invoke('registration.startPhone', input),
    startMail: (input) => ipcRenderer.invoke('registration.startMail', input),
    startConfirmation: (input) => ipcRenderer.invoke('registration.startConfirmation', input),
    startQuestions: (input) => ipcRenderer.invoke('registration.startQuestions', input),
    startKey: (input) => ipcRenderer.invoke('registration.startKey', input),
    confirm: (input) => ipcRenderer.invoke('registration.confirm', input),
    enrolment: (input) => ipcRenderer.invoke('registration.enrolment', input),
    resend: (input) => ipcRenderer.invoke('registration.resend', input),
    saveAnswers: (input) => ipcRenderer.invoke('registration.saveAnswers', input),
    createKey: (input) => ipcRenderer.invoke('registration.createKey', input),
    cancel: (input) => ipcRenderer.invoke('registration.cancel', input),
    rename: (input) => ipcRenderer.invoke('registration.rename', input),
    setDefault: (input) => ipcRenderer.invoke('registration.setDefault', input),
    remove: (input) => ipcRenderer.invoke('registration.remove', input),
  },
  approvals: {
    list: () => ipcRenderer.invoke('approvals.list'),
    decide: (input) => ipcRenderer.invoke('approvals.decide', input),
  },
  threat: {
    get: () => ipcRenderer.invoke('threat.get'),
    set: (input) => ipcRenderer.invoke('threat.set', input),
  },
  securityKey: {
    availability: () => ipcRenderer.invoke('securityKey.availability'),
    state: () => ipcRenderer.invoke('securityKey.state'),
    pin: (input) => ipcRenderer.invoke('securityKey.pin', input),
    cancel: () => ipcRenderer.invoke('securityKey.cancel'),
  },
  questions: {
    catalogue: () => ipcRenderer.invoke('questions.catalogue'),
    saveCustom: (input) => ipcRenderer.invoke('questions.saveCustom', input),
  },
  imports: {
    choose: () => ipcRenderer.invoke('imports.choose'),
    apply: (input) => ipcRenderer.invoke('imports.apply', input),
    discard: (input) => ipcRenderer.invoke('imports.discard', input),
    progress: () => ipcRenderer.invoke('imports.progress'),
    saveTemplate: () => ipcRenderer.invoke('imports.saveTemplate'),
    saveBadRows: (input) => ipcRenderer.invoke('imports.saveBadRows', input),
  },
  privacy: {
    reveal: (input) => ipcRenderer.invoke('privacy.reveal', input),
    export: (input) => ipcRenderer.invoke('privacy.export', input),
    erase: (input) => ipcRenderer.invoke('privacy.erase', input),
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
  health: {
    status: () => ipcRenderer.invoke('health.status'),
    check: () => ipcRenderer.invoke('health.check'),
  },
  connections: {
    probe: (input) => ipcRenderer.invoke('connections.probe', input),
    chooseAuthority: () => ipcRenderer.invoke('connections.chooseAuthority'),
    signIn: (input) => ipcRenderer.invoke('connections.signIn', input),
    groups: (input) => ipcRenderer.invoke('connections.groups', input),
    bases: (input) => ipcRenderer.invoke('connections.bases', input),
    mailbox: (input) => ipcRenderer.invoke('connections.mailbox', input),
    sms: (input) => ipcRenderer.invoke('connections.sms', input),
    voice: (input) => ipcRenderer.invoke('connections.voice', input),
    mailOut: (input) => ipcRenderer.invoke('connections.mailOut', input),
    trialState: (input) => ipcRenderer.invoke('connections.trialState', input),
  },
  setup: {
    finish: (input) => ipcRenderer.invoke('setup.finish', input),
    chooseFile: () => ipcRenderer.invoke('setup.chooseFile'),
  },
  settings: {
    edit: () => ipcRenderer.invoke('settings.edit'),
    save: (input) => ipcRenderer.invoke('settings.save', input),
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
