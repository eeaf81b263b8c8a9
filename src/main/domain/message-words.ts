/** The template with its `{name}`s replaced in one pass, so that nothing in a value is taken for a placeholder. */
export function fillWords(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(
    /\{(\w+)\}/gu,
    (_whole, name: string) => (Object.hasOwn(values, name) ? values[name] : '') ?? '',
  )
}

/** A name on one line, without what a line cannot hold. */
export function onOneLine(name: string): string {
  return name
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
}
