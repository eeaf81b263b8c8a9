/** Security questions, registered and administered. */
export const questions = {
  title: 'Security questions',
}
