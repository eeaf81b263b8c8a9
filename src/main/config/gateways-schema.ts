import { z } from 'zod'
import { callSchemes, mailSecurities, scopes } from '../../shared/model/desk-settings'
import { dn, dnsName, filePath, isHost, many, oneLine, text } from './text'

const host = text(253, isHost, 'not-a-host').transform((name) => name.toLowerCase())
const port = z.int().min(1).max(65_535)

/** The usual ports: RFC 8314 §3.2, RFC 9051 §2.1. */
const mailPorts = { tls: 993, starttls: 143 } as const

/** `mailbox`: where "contact administrator" mails arrive. */
export const mailbox = z
  .strictObject({
    host,
    port: port.optional(),
    security: z.enum(mailSecurities).default('tls'),
    userName: oneLine(320),
    folder: oneLine(200).default('INBOX'),
    caFile: filePath.nullable().default(null),
    startDays: z.int().min(0).max(365).default(7),
    identity: oneLine(256).nullable().default(null),
  })
  .transform((value) => ({ ...value, port: value.port ?? mailPorts[value.security] }))

/** The usual ports: RFC 8314 §3.3, RFC 6409 §3.1. */
const submissionPorts = { tls: 465, starttls: 587 } as const
const isMailAddress = (value: string): boolean => value.length <= 254 && z.email().safeParse(value).success

/** `smtp`: the server that takes mails with codes. */
export const smtp = z
  .strictObject({
    host,
    port: port.optional(),
    security: z.enum(mailSecurities).default('starttls'),
    userName: oneLine(320).nullable().default(null),
    from: text(254, isMailAddress, 'not-a-mail-address'),
    fromName: oneLine(100).nullable().default(null),
    caFile: filePath.nullable().default(null),
  })
  .transform((value) => ({ ...value, port: value.port ?? submissionPorts[value.security] }))

/** `securityKey`: the name that security keys are registered for (WebAuthn, RP ID). */
export const securityKey = z.strictObject({ rpId: dnsName })

/** `calls`: how a number is handed to the program that makes calls. */
export const calls = z.strictObject({
  scheme: z.enum(callSchemes).default('tel'),
  host: host.nullable().default(null),
})

/** `sspr`: for whom self-service password reset is on. */
export const sspr = z.strictObject({
  scope: z.enum(scopes).default('none'),
  groups: many(dn).default([]),
  managedElsewhere: many(dn).default([]),
  withoutWriteBack: many(dn).default([]),
})

const secretName =
  /^(?:mailbox\.password|intake\.password|smtp\.password|store\.password|(?:sms|voice)\.[A-Za-z0-9_-]{1,40})$/u

/** `secretFiles`: files that hold secrets, by the secrets' names. */
export const secretFiles = z
  .record(z.string(), filePath)
  .superRefine((files, context) => {
    for (const name of Object.keys(files)) {
      if (!secretName.test(name)) context.addIssue({ code: 'custom', path: [name], message: 'not-a-secret' })
    }
  })
  .default({})
