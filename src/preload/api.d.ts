import type { Api } from '../shared/contract'

declare global {
  interface Window {
    /** Everything that the page may ask of main. */
    readonly api: Api
  }
}
