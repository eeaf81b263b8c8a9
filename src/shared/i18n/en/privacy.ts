/** Reveal, export and erasure of one person. */
export const privacy = {
  title: 'Personal data',
}
