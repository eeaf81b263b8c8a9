import { z } from 'zod'
import document from '../../../resources/sample-organisation.json'

const accountKinds = [
  'normal',
  'disabled',
  'password-expired',
  'must-change',
  'smart-card-required',
  'account-expired',
  'password-never-expires',
] as const

const samplePolicy = z.object({
  minLength: z.int(),
  complexity: z.boolean(),
  historyLength: z.int(),
  minAgeSeconds: z.int(),
  maxAgeSeconds: z.int(),
  lockoutThreshold: z.int(),
  lockoutSeconds: z.int(),
})

const sampleOrganisationSchema = z.object({
  organisation: z.string(),
  mailDomain: z.string(),
  /** Everyone's password at seed: made-up people only. */
  password: z.string(),
  policies: z.object({ default: samplePolicy, strict: samplePolicy }),
  roles: z.record(z.enum(['agent', 'approver', 'admin', 'auditor']), z.array(z.string())),
  protectedGroups: z.array(z.string()),
  groups: z.array(
    z.object({
      name: z.string(),
      description: z.string(),
      members: z.array(z.string()),
      groups: z.array(z.string()),
    }),
  ),
  people: z.array(
    z.object({
      userId: z.string(),
      name: z.string(),
      family: z.string(),
      given: z.string(),
      reading: z.string(),
      mail: z.string(),
      department: z.string(),
      title: z.string(),
      employeeNumber: z.string(),
      office: z.string(),
      telephone: z.string(),
      mobile: z.string(),
      manager: z.string(),
      account: z.enum(accountKinds),
      policy: z.enum(['default', 'strict']),
      namedByCn: z.boolean(),
    }),
  ),
})

export type SampleOrganisation = z.infer<typeof sampleOrganisationSchema>
export type SamplePerson = SampleOrganisation['people'][number]
export type SamplePolicy = z.infer<typeof samplePolicy>

/** The made-up company of `resources/sample-organisation.json`: the built-in sample, and the seed of the test servers. */
export function sampleOrganisation(): SampleOrganisation {
  return sampleOrganisationSchema.parse(document)
}
