/** What the operating system's key store offers (Electron's safeStorage); injected, so that main runs without Electron. */
export interface SafeStorage {
  /** `false` where it would only obscure, such as `basic_text` on Linux. */
  available(): Promise<boolean>
  encrypt(plain: Uint8Array): Promise<Uint8Array>
  /** Rejects when this user or machine did not seal it. */
  decrypt(sealed: Uint8Array): Promise<{ readonly plain: Uint8Array; readonly shouldReEncrypt: boolean }>
}

/** How this machine keeps the installation key (DESIGN.md §5.14). */
export type KeyProtection =
  | { readonly kind: 'safe-storage'; readonly storage: SafeStorage }
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  | { readonly kind: 'key-file'; readonly file: string }

export type ProtectionKind = KeyProtection['kind']
