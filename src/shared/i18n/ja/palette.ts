import type { palette as en } from '../en/palette'

/** コマンド パレットの文言。 */
export const palette: typeof en = {}
