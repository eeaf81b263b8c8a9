/** 3GPP TS 23.038 §6.2.1: the default alphabet, each character one of the 160 septets of a message. */
const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'
/** §6.2.1.1: those behind an escape take two. */
const extended = '\f^{}\\[~]|€'

/** Septets that the text takes in the GSM 7-bit alphabet; `null`: it holds others, and travels as UCS-2, 70 units a message. */
export function gsmLength(text: string): number | null {
  let length = 0
  for (const character of text) {
    if (basic.includes(character)) length += 1
    else if (extended.includes(character)) length += 2
    else return null
  }
  return length
}
