/** Heightened threat: the switch and its banner. */
export const threat = {
  title: 'Heightened threat',
}
