/** The health line: what is the matter, and what can be done now. */
export const health = {}
