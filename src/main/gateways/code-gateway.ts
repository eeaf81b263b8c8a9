import type { Language } from '../../shared/model/common'
import type { CodeChannel, DeliveryState } from '../../shared/model/verification'

/** A message with a code, worded by `domain/`; nothing of it is ever logged: it holds a code and a number or address. */
export interface CodeMessage {
  /** The desk's own id of the message. */
  readonly id: string
  /** A number in E.164, or a mail address. */
  readonly to: string
  /** Digits to be dialled once the call is answered; empty for none. Calls only. */
  readonly extension: string
  readonly language: Language
  /** The code alone, for a gateway that has words of its own. */
  readonly code: string
  /** Mails only; empty otherwise. */
  readonly subject: string
  /** What is written or spoken. */
  readonly text: string
}

/** What a gateway said to one message. */
export interface CodeReceipt {
  readonly delivery: Extract<DeliveryState, 'accepted' | 'unknown'>
  /** The gateway's id of the message, for asking later; `null` where it gives none. */
  readonly messageId: string | null
}

/**
 * One way of bringing a code to a person. `unknown`: no answer came in time, it may have been sent; it is not sent again by itself.
 * Every refusal that is thrown is definite: nothing was sent.
 */
export interface CodeGateway {
  readonly channel: CodeChannel
  /** Whether `delivery` can be asked. */
  readonly tellsDelivery: boolean
  /**
   * Throws `sms-…`, `voice-…` or `mail-…` with `refused {status}`, `unreachable {host}`, `certificate {host}`; `secret-missing {name}`;
   * `invalid-input {field}` for a template that cannot be filled.
   */
  send(message: CodeMessage): Promise<CodeReceipt>
  /** Asks what became of a message; `unknown` when the gateway does not say. Throws as `send` does. */
  delivery(messageId: string): Promise<DeliveryState>
  /** Opens a connection and sends nothing: whether the gateway is there and trusted. Throws as `send` does, but never `…-refused`. */
  reach(): Promise<void>
}

/** Gives the value of `{secret:NAME}` for `sms.NAME` and their kin; `null` when nobody has set it. */
export type SecretReader = (name: string) => Promise<string | null>
