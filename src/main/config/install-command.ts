/**
 * One line that copies these files into the folder as the system's administrator: everybody reads them, nobody else writes them.
 * The configuration comes last, after what it names. Windows: a PowerShell that was started as administrator; the access list is
 * set because what lies under ProgramData may otherwise be added to by everybody.
 */
export function installCommand(files: readonly string[], folder: string, platform: NodeJS.Platform): string {
  if (platform === 'win32') {
    const [place, sources] = [powerShell(folder), files.map(powerShell).join(', ')]
    return [
      `New-Item -ItemType Directory -Force -Path ${place} | Out-Null`,
      `icacls ${place} /inheritance:r /grant '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' '*S-1-5-32-545:(OI)(CI)RX'`,
      `Copy-Item -Force -LiteralPath ${sources} -Destination ${place}`,
    ].join('; ')
  }
  const [place, sources] = [shell(folder), files.map(shell).join(' ')]
  // BSD's install makes no folders on its way.
  return platform === 'darwin'
    ? `sudo install -d -m 755 ${place} && sudo install -m 644 ${sources} ${place}`
    : `sudo install -D -m 644 -t ${place} ${sources}`
}

function shell(text: string): string {
  return /^[\w./-]+$/u.test(text) ? text : `'${text.replaceAll(`'`, `'\\''`)}'`
}

/** PowerShell takes typographic quotes for `'` (its language specification, §2.3.5.2): each is written twice. */
function powerShell(text: string): string {
  return `'${text.replace(/['\u2018-\u201b]/gu, '$&$&')}'`
}
