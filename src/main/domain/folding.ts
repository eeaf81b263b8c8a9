import type { RequestState, ResetRequest } from '../../shared/model/request'

/** The part of a person's request that decides whether a mail belongs to it. */
export interface FoldingCase extends Pick<ResetRequest, 'id' | 'createdAt'> {
  readonly state: RequestState
  /** UTC ISO; `null` while it is open or claimed. */
  readonly closedAt: string | null
}

/**
 * The mail server's clock says when a mail came, the desk's when a case was closed, and the two may differ: a mail that seems to be
 * a little older than the answer may be the question after it.
 */
const clocksApartMs = 10 * 60_000

/**
 * Which of a person's requests a mail repeats; `null`: none, it is a request of its own. An open case takes every mail of its
 * person. A closed one takes a mail only when the person was surely helped after asking (done at least ten minutes later than the
 * mail was received; a refusal helps nobody, and may have met a forged mail) and the two lie within `foldSeconds` of each other: the fold never reopens anything and never
 * hides somebody who asks again after the answer, or whom nobody answered.
 *
 * @param receivedAt When the mail server took the mail, UTC ISO.
 */
export function foldTarget(cases: readonly FoldingCase[], receivedAt: string, foldSeconds: number): FoldingCase | null {
  const open = cases.find(({ state }) => state === 'open' || state === 'claimed')
  if (open !== undefined) return open

  const asked = Date.parse(receivedAt)
  const answered = cases.filter(
    ({ state, createdAt, closedAt }) =>
      state === 'done' &&
      closedAt !== null &&
      Date.parse(closedAt) - asked >= clocksApartMs &&
      Math.abs(Date.parse(createdAt) - asked) <= foldSeconds * 1000,
  )
  return answered.reduce<FoldingCase | null>(
    (latest, one) =>
      latest === null || Date.parse(one.closedAt ?? '') > Date.parse(latest.closedAt ?? '') ? one : latest,
    null,
  )
}
