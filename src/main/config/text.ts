import { isIP } from 'node:net'
import { z } from 'zod'
import { isDistinguishedName } from './dn'
import type { ConfigProblem } from './problems'

/** A text that one of our rules judges; `problem` is what to say when it does not pass. */
export const text = (max: number, passes: (value: string) => boolean, problem: ConfigProblem) =>
  z.string().min(1).max(max).refine(passes, problem)

/** At most 100 of them. */
export const many = <T extends z.ZodType>(item: T) => z.array(item).max(100)

const isDnsName = (name: string): boolean =>
  name.length <= 253 && /^(?:(?!-)[A-Za-z0-9_-]{1,63}(?<!-)\.)*(?!-)[A-Za-z0-9-]{1,63}(?<!-)$/u.test(name)

/** A DNS name, or an IP address; IPv6 in square brackets. */
export const isHost = (host: string): boolean =>
  host.startsWith('[') ? host.endsWith(']') && isIP(host.slice(1, -1)) === 6 : isIP(host) === 4 || isDnsName(host)

const hasControl = (value: string): boolean => /\p{Cc}/u.test(value)

/** One line that is there to be read: 1 to `max` characters, none of them a control character. */
export const oneLine = (max: number) =>
  text(max, (value) => value.trim() !== '' && !hasControl(value), 'no-control-characters').transform((value) =>
    value.normalize('NFC').trim(),
  )

/** One line that a machine reads, taken as it is; may be empty. */
export const machineText = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !hasControl(value), 'no-control-characters' satisfies ConfigProblem)

export const dn = text(1000, isDistinguishedName, 'not-a-dn')
export const dnsName = text(253, isDnsName, 'not-a-dns-name').transform((name) => name.toLowerCase())
export const filePath = z.string().min(1).max(4096)
