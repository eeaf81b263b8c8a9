import type { SmsSettings, smsPresets as presetNames } from './model/desk-settings'

/** Where an administrator starts from: everything but the sender, and for `json` the address, is ready. */
export interface SmsPreset {
  readonly settings: SmsSettings
  /** Names of the secrets that `{secret:NAME}` and `{basic:NAME:NAME}` ask for, in the order in which they are asked. */
  readonly secrets: readonly string[]
}

const common = {
  headers: [],
  contentType: '',
  body: '',
  escaping: 'none',
  sender: '',
  successText: '',
  idPath: '',
  delivery: null,
  ca: null,
  timeoutSeconds: 15,
  region: 'JP',
} as const satisfies Partial<SmsSettings>

/**
 * Ready-made gateways. Kannel: sendsms of the smsbox, 202 `0: Accepted for delivery` (User's Guide, "Using the HTTP interface to
 * send SMS messages"). Twilio: Messages resource, 2010-04-01. Vonage: SMS API, which answers 200 to refusals too. `json`: a plain
 * service with a bearer token, to be fitted.
 */
export const smsPresets: Readonly<Record<Exclude<(typeof presetNames)[number], 'custom'>, SmsPreset>> = {
  kannel: {
    settings: {
      ...common,
      headers: [],
      preset: 'kannel',
      method: 'GET',
      url:
        'http://127.0.0.1:13013/cgi-bin/sendsms?username={secret:username}&password={secret:password}' +
        '&from={sender}&to={to}&text={text}&charset=UTF-8&coding={coding}',
      successStatuses: [202],
      allowedHosts: ['127.0.0.1:13013'],
    },
    secrets: ['username', 'password'],
  },
  twilio: {
    settings: {
      ...common,
      preset: 'twilio',
      method: 'POST',
      url: 'https://api.twilio.com/2010-04-01/Accounts/{secret:account-sid}/Messages.json',
      headers: [{ name: 'Authorization', value: 'Basic {basic:account-sid:auth-token}' }],
      contentType: 'application/x-www-form-urlencoded',
      body: 'To={to}&From={sender}&Body={text}',
      escaping: 'form',
      successStatuses: [201],
      idPath: 'sid',
      delivery: {
        url: 'https://api.twilio.com/2010-04-01/Accounts/{secret:account-sid}/Messages/{messageId}.json',
        statePath: 'status',
        delivered: ['delivered', 'read'],
        failed: ['undelivered', 'failed', 'canceled'],
      },
      allowedHosts: ['api.twilio.com'],
    },
    secrets: ['account-sid', 'auth-token'],
  },
  vonage: {
    settings: {
      ...common,
      headers: [],
      preset: 'vonage',
      method: 'POST',
      url: 'https://rest.nexmo.com/sms/json',
      contentType: 'application/x-www-form-urlencoded',
      body:
        'api_key={secret:api-key}&api_secret={secret:api-secret}&from={sender}&to={digits}&text={text}' +
        '&type={alphabet}&client-ref={id}',
      escaping: 'form',
      successStatuses: [200],
      successText: '"status":"0"',
      idPath: 'messages.0.message-id',
      allowedHosts: ['rest.nexmo.com'],
    },
    secrets: ['api-key', 'api-secret'],
  },
  json: {
    settings: {
      ...common,
      preset: 'json',
      method: 'POST',
      url: 'https://sms.example.jp/v1/messages',
      headers: [{ name: 'Authorization', value: 'Bearer {secret:token}' }],
      contentType: 'application/json',
      body: '{"id":"{id}","from":"{sender}","to":"{to}","text":"{text}"}',
      escaping: 'json',
      successStatuses: [200, 201, 202],
      idPath: 'id',
      allowedHosts: ['sms.example.jp'],
    },
    secrets: ['token'],
  },
}
