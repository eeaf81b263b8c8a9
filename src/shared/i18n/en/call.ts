/** Call mode: its steps, and what to say next. */
export const call = {}
