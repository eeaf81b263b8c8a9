import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import type { ConfigProblem } from './problems'

const maxBytes = 1024 * 1024

/** Reads the pinned certificate authorities: PEM certificates and nothing else. Answers what is wrong instead of throwing. */
export function readAuthority(file: string): { readonly pem: string } | { readonly problem: ConfigProblem } {
  const content = read(file)
  return typeof content === 'string' ? checkAuthority(content) : content
}

/** The certificates of a PEM text, if every one of them is an authority's and nothing private lies beside them. */
export function checkAuthority(content: string): { readonly pem: string } | { readonly problem: ConfigProblem } {
  if (content.includes('PRIVATE KEY')) return { problem: 'holds-private-key' }
  const blocks = certificatesIn(content)
  if (blocks.length === 0) return { problem: 'not-a-certificate' }
  for (const block of blocks) {
    const certificate = parse(block)
    if (certificate === null) return { problem: 'not-a-certificate' }
    // DESIGN.md §5.13: an authority is trusted, never one server's certificate.
    if (!certificate.ca) return { problem: 'not-a-ca' }
  }
  return { pem: `${blocks.join('\n')}\n` }
}

/**
 * SHA-256 fingerprint of the first certificate as people compare it, `AB:CD:…`; empty without a CA.
 * The same as `openssl x509 -fingerprint -sha256`.
 */
export function authorityFingerprint(pem: string | null): string {
  const block = certificatesIn(pem ?? '')[0]
  const certificate = block === undefined ? null : parse(block)
  if (certificate === null) return ''
  const hex = createHash('sha256').update(certificate.raw).digest('hex').toUpperCase()
  return hex.replace(/(..)(?!$)/gu, '$1:')
}

function read(file: string): string | { readonly problem: ConfigProblem } {
  try {
    const entry = statSync(file)
    if (!entry.isFile() || entry.size > maxBytes) return { problem: 'file-unreadable' }
    return readFileSync(file, 'utf8')
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
    return { problem: code === 'ENOENT' || code === 'ENOTDIR' ? 'file-missing' : 'file-unreadable' }
  }
}

function certificatesIn(content: string): string[] {
  return content.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/gu) ?? []
}

function parse(block: string): X509Certificate | null {
  try {
    return new X509Certificate(block)
  } catch {
    return null
  }
}
