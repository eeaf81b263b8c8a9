import type { CallSettings } from '../../shared/model/desk-settings'
import type { Destination } from './registration-secrets'

/**
 * The address that makes a call: `tel:` with its extension (RFC 3966 §3), `sip:` with the number as a user (RFC 3261 §19.1.6), `callto:` as
 * older programs take it. Only digits, `+` and the host's own letters are ever in it.
 */
export function dialAddress({ to, extension }: Destination, { scheme, host }: CallSettings): string {
  const number = to.replace(/[^\d+]/gu, '')
  const digits = extension.replace(/\D/gu, '')
  switch (scheme) {
    case 'tel':
      return digits === '' ? `tel:${number}` : `tel:${number};ext=${digits}`
    case 'sip': {
      const user = digits === '' ? number : `${number};ext=${digits}`
      return host === null ? `sip:${user}` : `sip:${user}@${host};user=phone`
    }
    case 'callto':
      return `callto:${number}`
  }
}
