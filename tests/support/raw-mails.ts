/** Raw mails as mail programs make them, in the encodings that Japanese offices meet. */

interface RawParts {
  readonly from?: string
  readonly subject?: string
  readonly headers?: readonly string[]
  readonly body: string | Uint8Array
}

let counter = 0

/** A whole mail; each has a Message-ID of its own. */
export function rawMail({ from = 'form@sakura.example', subject = 'Help', headers = [], body }: RawParts): Buffer {
  counter += 1
  const head = [
    `From: ${from}`,
    'To: desk@lab.test',
    `Subject: ${subject}`,
    `Message-ID: <${counter}.${process.pid}@test.example>`,
    'Date: Mon, 23 Nov 2026 09:00:00 +0900',
    ...headers,
  ].join('\r\n')
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'utf8'), Buffer.from(body)])
}

/** A mail of the plain form that names this user. */
export function formMail(userId: string, more = ''): Buffer {
  return rawMail({
    subject: 'Password reset',
    headers: ['MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit'],
    body: `I cannot sign in.\r\nUser ID: ${userId}\r\n${more}`,
  })
}

export const japaneseText = 'パスワードを忘れました。\r\nユーザー ID：yamada.hanako\r\nよろしくお願いします。\r\n'

/** What {@link japaneseText} reads as. */
export const japaneseLines = ['パスワードを忘れました。', 'ユーザー ID：yamada.hanako', 'よろしくお願いします。']

/** The bytes of {@link japaneseText}, as `iconv` makes them. */
export const japaneseBytes: Readonly<Record<'iso-2022-jp' | 'shift_jis' | 'euc-jp', Buffer>> = {
  'iso-2022-jp': Buffer.from(
    'GyRCJVElOSVvITwlSSRySzokbCReJDckPyEjGyhCDQobJEIlZiE8JTYhPBsoQiBJRBskQiEnGyhCeWFtYWRhLmhhbmFrbw0KGyRCJGgkbSQ3JC8kKjRqJCQkNyReJDkhIxsoQg0K',
    'base64',
  ),
  shift_jis: Buffer.from(
    'g3CDWIOPgVuDaILwllmC6oLcgrWCvYFCDQqDhoFbg1WBWyBJRIFGeWFtYWRhLmhhbmFrbw0KguaC64K1gq2CqIrogqKCtYLcgreBQg0K',
    'base64',
  ),
  'euc-jp': Buffer.from(
    'pdGluaXvobylyaTyy7qk7KTepLekv6GjDQql5qG8pbahvCBJRKGneWFtYWRhLmhhbmFrbw0KpOik7aS3pK+kqrTqpKSkt6TepLmhow0K',
    'base64',
  ),
}

/** A multipart body. */
export function multipart(
  kind: string,
  parts: readonly (readonly [headers: string, body: string])[],
): {
  readonly headers: readonly string[]
  readonly body: string
} {
  const boundary = `b${parts.length}x${kind}`
  const pieces = parts.map(([headers, body]) => `--${boundary}\r\n${headers}\r\n\r\n${body}\r\n`)
  return {
    headers: ['MIME-Version: 1.0', `Content-Type: multipart/${kind}; boundary="${boundary}"`],
    body: `${pieces.join('')}--${boundary}--\r\n`,
  }
}
