import { z } from 'zod'
import { filePath, isHost, oneLine, text } from './text'

/** What PostgreSQL calls an identifier, at most 63 bytes; the app writes it without quotes. */
const schemaName = text(63, (name) => /^[a-z_][a-z0-9_]*$/u.test(name), 'not-a-schema')

/** `store`: where requests, methods and checks are kept. The password is the secret `store.password`, always from a file. */
export const store = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('sqlite') }),
    z.strictObject({
      kind: z.literal('postgresql'),
      host: text(253, isHost, 'not-a-host').transform((name) => name.toLowerCase()),
      port: z.int().min(1).max(65_535).default(5432),
      database: oneLine(63),
      user: oneLine(63),
      caFile: filePath.nullable().default(null),
      schema: schemaName.nullable().default(null),
    }),
  ])
  .default({ kind: 'sqlite' })
