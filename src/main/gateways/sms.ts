import type { DeliveryState } from '../../shared/model/verification'

/** What the gateway said to one message. */
export interface SmsReceipt {
  readonly delivery: Extract<DeliveryState, 'accepted' | 'unknown'>
  /** The gateway's id of the message, for asking later; `null` where it gives none. */
  readonly messageId: string | null
}

/**
 * An SMS gateway. Nothing of a message is ever logged: it holds a code and a number. `unknown`: no answer came in time, the message may
 * have been sent; it is not sent again by itself.
 */
export interface SmsGateway {
  /** Whether `delivery` can be asked. */
  readonly tellsDelivery: boolean
  /** `number` in E.164. Throws `sms-refused {status}`, `sms-unreachable {host}`, `sms-certificate {host}`, `secret-missing {name}`. */
  send(message: { readonly id: string; readonly number: string; readonly text: string }): Promise<SmsReceipt>
  /** Asks what became of a message; `unknown` when the gateway does not say. */
  delivery(messageId: string): Promise<DeliveryState>
}

/** Gives the value of `{secret:NAME}`; `null` when nobody has set it. */
export type SecretReader = (name: string) => Promise<string | null>
