/** A telephone number, as the numbering plans know it. */
export interface PhoneNumber {
  /** ITU-T E.164 with `+`. */
  readonly e164: string
  /** Whether text messages reach it; numbers of plans that do not tell mobile ones apart count. */
  readonly mobile: boolean
}

/** Reads what a person wrote or said; `null`: no number of any plan. */
export type NumberReader = (text: string) => PhoneNumber | null
