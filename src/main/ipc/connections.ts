import type { Handlers } from '../../shared/contract'
import type { ConnectionsService } from '../services/connections'

/** Who may try is decided by the service: anybody before a desk without a configuration, admins afterwards. */
export function connectionHandlers(connections: ConnectionsService): Handlers['connections'] {
  return {
    probe: ({ address, ca }) => connections.probe(address, ca),
    chooseAuthority: () => connections.chooseAuthority(),
    signIn: ({ directory, credentials }) => connections.signIn(directory, credentials),
    groups: ({ query }) => connections.groups(query),
    bases: ({ query }) => connections.bases(query),
    mailbox: ({ mailbox, password }) => connections.mailbox(mailbox, password),
    sms: ({ sms, secrets, number }) => connections.sms(sms, secrets, number),
    voice: ({ voice, secrets, number, language }) => connections.voice(voice, secrets, number, language),
    mailOut: ({ mailOut, password, address, language }) => connections.mailOut(mailOut, password, address, language),
    trialState: ({ channel }) => connections.trialState(channel),
  }
}
