import { CircleCheck, CircleDashed, CircleHelp, CircleMinus, CircleX, TriangleAlert } from '@lucide/vue'
import type { Component } from 'vue'
import type { HealthPart } from '../../../../shared/model/health'
import { hasWords } from '../../lib/i18n'

interface Looks {
  readonly icon: Component
  readonly tone: string
}

/** An icon of its own for each state, so that colour never speaks alone. */
const looks: Readonly<Record<HealthPart['state'], Looks>> = {
  ok: { icon: CircleCheck, tone: 'text-ok' },
  warning: { icon: TriangleAlert, tone: 'text-warn' },
  down: { icon: CircleX, tone: 'text-danger' },
  off: { icon: CircleMinus, tone: 'text-faint' },
  unknown: { icon: CircleHelp, tone: 'text-muted' },
}

/** How a part looks wherever it is shown. */
export function looksOf({ state, code }: Pick<HealthPart, 'state' | 'code'>): Looks {
  return code === 'connecting' ? { icon: CircleDashed, tone: 'text-muted' } : looks[state]
}

type Translate = (key: string, params: Record<string, string | number>) => string

/** What is the matter and what can be done now (empty: nothing): the words of this part, else those that hold for every part. */
export function healthWords(
  { part, code, params }: Pick<HealthPart, 'part' | 'code' | 'params'>,
  t: Translate,
): { readonly title: string; readonly next: string } {
  const key = hasWords(`health.${part}.${code}.title`) ? `${part}.${code}` : `any.${code}`
  const direction = params['direction'] === 'behind' ? 'behind' : 'ahead'
  const named = { ...params, direction: t(`health.direction.${direction}`, {}) }
  const next = hasWords(`health.${key}.next`) ? t(`health.${key}.next`, named) : ''
  return { title: t(`health.${key}.title`, named), next }
}

/** The machine that it is about; empty where none is named, as in the sample organisation. */
export function serverOf({ params }: Pick<HealthPart, 'params'>): string {
  const name = params['server'] ?? params['host']
  return typeof name === 'string' && !name.startsWith('sample:') ? name : ''
}
