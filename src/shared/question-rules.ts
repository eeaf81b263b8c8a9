/** What main and the dialog decide alike about answers to security questions; main has the last word. */

/** In characters, after folding (Microsoft: 3–40). */
export const answerLength = { min: 3, max: 40 } as const

/**
 * What is compared of an answer, so that one heard on the telephone matches the one typed at registration: width, case and spaces make no
 * difference, nor does the script of kana. NFKC (UAX 15) makes half-width kana full.
 */
export function foldAnswer(answer: string): string {
  const plain = answer.normalize('NFKC').replace(/[\s\p{Z}\p{C}]/gu, '')
  // One small sigma: which of the two depends on what follows it.
  const lower = plain.toLowerCase().replaceAll('ς', 'σ').normalize('NFKC')
  return lower.replace(/[\u30a1-\u30f6\u30fd\u30fe]/gu, (kana) => String.fromCodePoint(kana.charCodeAt(0) - 0x60))
}

/** An answer without punctuation and marks, folded: they make no other answer of a known word. */
export function bareAnswer(answer: string): string {
  return foldAnswer(answer).replace(/[\p{P}\p{S}]/gu, '')
}
