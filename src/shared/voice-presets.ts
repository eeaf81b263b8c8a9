import type { VoiceSettings, voicePresets as presetNames } from './model/desk-settings'

/** Where an administrator starts from: everything but the sender, and for `asterisk` and `json` the address, is ready. */
export interface VoicePreset {
  readonly settings: VoiceSettings
  /** Names of the secrets that `{secret:NAME}` and `{basic:NAME:NAME}` ask for, in the order in which they are asked. */
  readonly secrets: readonly string[]
}

const common = {
  method: 'POST',
  headers: [],
  contentType: '',
  body: '',
  escaping: 'none',
  sender: '',
  successText: '',
  idPath: '',
  ca: null,
  timeoutSeconds: 15,
  region: 'JP',
  englishVoice: 'en-US',
} as const satisfies Partial<VoiceSettings>

/** As a form carries it, its placeholders left in place. */
function inForm(value: string): string {
  return encodeURIComponent(value).replaceAll('%7B', '{').replaceAll('%7D', '}')
}

/** The text says the code twice by itself. */
const twiml =
  '<Response><Pause length="1"/><Say language="{language}">{spokenText}</Say><Pause length="1"/><Hangup/></Response>'

/**
 * Ready-made gateways. Twilio: Calls resource, 2010-04-01; each `w` of SendDigits waits half a second before the extension. Asterisk: ARI
 * `POST /channels` into a dial plan that speaks `SSPR_CODE` (`docs/decisions/voice.md`); a channel that hung up is gone, so that how it was
 * before says what became of the call. `json`: a plain service with a bearer token, to be fitted.
 */
export const voicePresets: Readonly<Record<Exclude<(typeof presetNames)[number], 'custom'>, VoicePreset>> = {
  twilio: {
    settings: {
      ...common,
      headers: [{ name: 'Authorization', value: 'Basic {basic:account-sid:auth-token}' }],
      preset: 'twilio',
      url: 'https://api.twilio.com/2010-04-01/Accounts/{secret:account-sid}/Calls.json',
      contentType: 'application/x-www-form-urlencoded',
      body: `To={to}&From={sender}&Timeout=45&SendDigits=wwww{extension}&Twiml=${inForm(twiml)}`,
      escaping: 'form',
      successStatuses: [201],
      idPath: 'sid',
      delivery: {
        url: 'https://api.twilio.com/2010-04-01/Accounts/{secret:account-sid}/Calls/{messageId}.json',
        statePath: 'status',
        ringing: ['ringing'],
        answered: ['in-progress'],
        delivered: ['completed'],
        busy: ['busy'],
        noAnswer: ['no-answer'],
        failed: ['failed', 'canceled'],
        goneStatuses: [],
      },
      allowedHosts: ['api.twilio.com'],
    },
    secrets: ['account-sid', 'auth-token'],
  },
  asterisk: {
    settings: {
      ...common,
      headers: [{ name: 'Authorization', value: 'Basic {basic:username:password}' }],
      preset: 'asterisk',
      url:
        'https://asterisk.example.jp:8089/ari/channels?endpoint=PJSIP%2F{digits}%40trunk&context=sspr-desk&extension=code&priority=1' +
        '&callerId={sender}&channelId={id}&timeout=45',
      contentType: 'application/json',
      body: '{"variables":{"SSPR_CODE":"{code}","SSPR_LANGUAGE":"{language}","SSPR_EXTENSION":"{extension}","SSPR_TEXT":"{text}"}}',
      escaping: 'json',
      successStatuses: [200],
      idPath: 'id',
      delivery: {
        url: 'https://asterisk.example.jp:8089/ari/channels/{messageId}',
        statePath: 'state',
        ringing: ['Ring', 'Ringing', 'Dialing'],
        answered: ['Up'],
        delivered: [],
        busy: ['Busy'],
        noAnswer: [],
        failed: [],
        goneStatuses: [404],
      },
      allowedHosts: ['asterisk.example.jp:8089'],
    },
    secrets: ['username', 'password'],
  },
  json: {
    settings: {
      ...common,
      headers: [{ name: 'Authorization', value: 'Bearer {secret:token}' }],
      preset: 'json',
      url: 'https://voice.example.jp/v1/calls',
      contentType: 'application/json',
      body: '{"id":"{id}","from":"{sender}","to":"{to}","extension":"{extension}","language":"{language}","text":"{text}"}',
      escaping: 'json',
      successStatuses: [200, 201, 202],
      idPath: 'id',
      delivery: {
        url: 'https://voice.example.jp/v1/calls/{messageId}',
        statePath: 'state',
        ringing: ['ringing'],
        answered: ['answered'],
        delivered: ['completed'],
        busy: ['busy'],
        noAnswer: ['no-answer'],
        failed: ['failed'],
        goneStatuses: [],
      },
      allowedHosts: ['voice.example.jp'],
    },
    secrets: ['token'],
  },
}
