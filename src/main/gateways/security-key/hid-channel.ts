/** Where 64-byte reports go in and out: a USB device, or a socket in its place. */
export interface HidChannel {
  /** Exactly 64 bytes, without a report id. Rejects when the device is gone. */
  send(report: Uint8Array): Promise<void>
  /** One listener; reports that come before there is one are dropped. */
  onReport(listener: (report: Uint8Array) => void): void
  /** The device is gone. One listener; told at once when that has happened already. */
  onGone(listener: () => void): void
  /** Idempotent, never rejects. */
  close(): Promise<void>
}

/** A key that is plugged in. */
export interface KeyDevice {
  /** The same as long as it stays plugged in. */
  readonly id: string
  /** Whether this user has the right to open it; `true` where that is not known before. */
  mayOpen(): Promise<boolean>
  /** Throws `key-not-available {reason}` where it may not be opened, `key-failed {status}` otherwise. */
  open(): Promise<HidChannel>
}

/** The keys at this machine. */
export interface KeyDevices {
  /** Those plugged in now. Throws `key-not-available {reason}` where keys cannot be used at all. */
  list(): Promise<readonly KeyDevice[]>
}
