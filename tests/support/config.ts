import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The smallest file that is good: one OpenLDAP server and an agent group. */
export function aConfigFile(changes: object = {}): Record<string, unknown> {
  return {
    version: 1,
    organisation: 'Sakura Seisakusho',
    directory: {
      kind: 'openldap',
      servers: ['ldaps://ldap.sakura.example'],
      bindDn: 'uid={user},ou=people,dc=sakura,dc=example',
    },
    roles: { agent: ['cn=helpdesk,ou=groups,dc=sakura,dc=example'] },
    ...changes,
  }
}

/** Writes a configuration file as an administrator would and answers its path. */
export function writeConfig(folder: string, content: unknown, name = 'config.json'): string {
  const file = join(folder, name)
  const text = typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content, null, 2)
  writeFileSync(file, text, { mode: 0o644 })
  return file
}
