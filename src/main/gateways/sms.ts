import type { DeliveryState } from '../../shared/model/verification'

/** What the gateway said to one message. */
export interface SmsReceipt {
  readonly delivery: Extract<DeliveryState, 'accepted' | 'unknown'>
  /** The gateway's id of the message, for asking later; `null` where it gives none. */
  readonly messageId: string | null
}

/**
 * An SMS gateway. Nothing of a message is ever logged: it holds a code and a number. `unknown`: no answer came in time, the message may
 * have been sent; it is not sent again by itself. Every refusal that is thrown is definite: nothing was sent.
 */
export interface SmsGateway {
  /** Whether `delivery` can be asked. */
  readonly tellsDelivery: boolean
  /**
   * `number` in E.164. Throws `sms-refused {status}`, `sms-unreachable {host}`, `sms-certificate {host}`, `secret-missing {name}`,
   * `invalid-input {field}` for a template that cannot be filled.
   */
  send(message: { readonly id: string; readonly number: string; readonly text: string }): Promise<SmsReceipt>
  /** Asks what became of a message; `unknown` when the gateway does not say. Throws as `send` does. */
  delivery(messageId: string): Promise<DeliveryState>
  /** Opens a connection and sends nothing: whether the gateway is there and trusted. Throws as `send` does, but never `sms-refused`. */
  reach(): Promise<void>
}

/** Gives the value of `{secret:NAME}` for `sms.NAME`; `null` when nobody has set it. */
export type SecretReader = (name: string) => Promise<string | null>

/** A telephone number, as the numbering plans know it. */
export interface PhoneNumber {
  /** ITU-T E.164 with `+`. */
  readonly e164: string
  /** Whether text messages reach it; numbers of plans that do not tell mobile ones apart count. */
  readonly mobile: boolean
}

/** Reads what a person wrote or said; `null`: no number of any plan. */
export type NumberReader = (text: string) => PhoneNumber | null
