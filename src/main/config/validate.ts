import type { z } from 'zod'
import { fieldName, type ConfigText } from './read'
import { invalid, isConfigProblem, type ConfigProblem } from './problems'
import { configSchema, type ConfigFile } from './schema'

type Issue = z.core.$ZodIssue

/**
 * Checks a parsed file against the schema. Throws `config-invalid` for the first fault in the order of lines; a missing field
 * comes last, because it is often another one misspelt.
 */
export function validate(text: ConfigText): ConfigFile {
  const result = configSchema.safeParse(text.value)
  if (result.success) return result.data

  const faults = result.error.issues
    .map((issue) => faultOf(issue, text))
    .map((fault) => ({ ...fault, line: text.lineOf(fault.path) }))
    .toSorted((one, other) => rank(one) - rank(other) || one.line - other.line)
  const first = faults[0]
  // zod never fails without an issue.
  if (first === undefined) throw result.error
  throw invalid({
    file: text.file,
    line: first.line,
    field: fieldName(first.path),
    problem: first.problem,
    ...(first.expected === undefined ? {} : { expected: first.expected }),
  })
}

function rank(fault: Fault): number {
  return fault.problem === 'missing' ? 1 : 0
}

interface Fault {
  readonly path: readonly PropertyKey[]
  readonly problem: ConfigProblem
  readonly expected?: string
}

function faultOf(issue: Issue, text: ConfigText): Fault {
  const { path } = issue
  const written = text.has(path)
  switch (issue.code) {
    case 'unrecognized_keys':
      return { path: [...path, ...issue.keys.slice(0, 1)], problem: 'unknown-field' }
    case 'invalid_type':
      return written ? { path, problem: 'wrong-type', expected: issue.expected } : { path, problem: 'missing' }
    case 'invalid_value':
      return written
        ? { path, problem: 'not-one-of', expected: issue.values.map(String).join(', ') }
        : { path, problem: 'missing' }
    case 'too_small':
      return { path, problem: 'too-small', expected: `≥ ${issue.minimum}` }
    case 'too_big':
      return { path, problem: 'too-big', expected: `≤ ${issue.maximum}` }
    case 'custom': {
      const expected: unknown = issue.params?.['expected']
      const problem = isConfigProblem(issue.message) ? issue.message : 'wrong-type'
      return { path, problem, ...(typeof expected === 'string' ? { expected } : {}) }
    }
    default:
      return { path, problem: 'wrong-type' }
  }
}
