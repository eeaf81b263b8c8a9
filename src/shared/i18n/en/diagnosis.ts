/** Why self-service failed, what mends it, and what to tell the caller. */
export const diagnosis = {}
