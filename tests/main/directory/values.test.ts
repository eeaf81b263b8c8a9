import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  askedFor,
  Attributes,
  filetimeNever,
  filetimeToInstant,
  generalizedTimeToInstant,
  guidFromBytes,
  intervalSeconds,
  maskNumber,
  sidFromBytes,
} from '../../../src/main/directory/values'

const day = (year: number): Date => new Date(Date.UTC(year, 0, 1))

describe('Attributes', () => {
  it('keeps what was asked for, without regard to case, and nothing else', () => {
    const entry = {
      dn: 'cn=x',
      mail: [],
      ...Object.fromEntries([
        ['CN', 'Ana'],
        ['constructor', 'evil'],
      ]),
    }
    Object.defineProperty(entry, '__proto__', { value: 'evil', enumerable: true })
    const attributes = new Attributes(entry, askedFor(['cn', 'mail', 'title']))
    expect(attributes.text('cn')).toBe('Ana')
    expect(attributes.has('mail')).toBe(false)
    expect(attributes.has('title')).toBe(false)
    for (const name of ['__proto__', 'constructor', 'toString']) expect(attributes.texts(name)).toEqual([])
  })

  it('gives one value and many alike, and bytes where text cannot be', () => {
    const bytes = Buffer.from([0xff, 0xfe])
    const attributes = new Attributes({ dn: '', one: 'a', many: ['a', 'b'], bytes }, askedFor(['one', 'many', 'bytes']))
    expect(attributes.texts('one')).toEqual(['a'])
    expect(attributes.texts('many')).toEqual(['a', 'b'])
    expect(attributes.texts('bytes')).toEqual([])
    expect(attributes.buffers('bytes')).toEqual([bytes])
  })

  it('knows a ranged answer by where it stops', () => {
    const part = new Attributes({ dn: '', 'member;range=0-1499': ['a'] }, askedFor(['member']))
    expect(part.texts('member')).toEqual(['a'])
    expect(part.lastOfRange('member')).toBe(1499)
    expect(
      new Attributes({ dn: '', 'member;range=1500-*': 'b' }, askedFor(['member'])).lastOfRange('member'),
    ).toBeNull()
    expect(new Attributes({ dn: '', member: 'b' }, askedFor(['member'])).lastOfRange('member')).toBeNull()
  })

  it('reads numbers that fit, and large ones whole', () => {
    const attributes = new Attributes({ dn: '', a: '512', b: '9223372036854775807', c: 'x' }, askedFor(['a', 'b', 'c']))
    expect(attributes.number('a')).toBe(512)
    expect(attributes.number('b')).toBeNull()
    expect(attributes.bigint('b')).toBe(filetimeNever)
    expect(attributes.number('c')).toBeNull()
    expect(attributes.bigint('c')).toBeNull()
  })
})

describe('filetimeToInstant', () => {
  it('reads known times', () => {
    expect(filetimeToInstant(116_444_736_000_000_000n)).toBe('1970-01-01T00:00:00.000Z')
    expect(filetimeToInstant(133_485_408_000_000_000n)).toBe('2024-01-01T00:00:00.000Z')
  })

  it('keeps every millisecond', () => {
    fc.assert(
      fc.property(fc.date({ min: day(1602), max: day(9000), noInvalidDate: true }), (date) => {
        const filetime = BigInt(date.getTime()) * 10_000n + 116_444_736_000_000_000n
        expect(filetimeToInstant(filetime)).toBe(date.toISOString())
      }),
    )
  })

  it('has no instant for never, for none, and for what no calendar holds', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), (filetime) => {
        const instant = filetimeToInstant(filetime)
        if (instant !== null) expect(new Date(instant).toISOString()).toBe(instant)
      }),
    )
    for (const filetime of [null, 0n, -1n, filetimeNever, filetimeNever - 1n])
      expect(filetimeToInstant(filetime)).toBeNull()
  })
})

describe('intervalSeconds', () => {
  it('reads negative intervals, and none as 0', () => {
    expect(intervalSeconds(-18_000_000_000n)).toBe(1800)
    for (const interval of [null, 0n, -(2n ** 63n), -filetimeNever]) expect(intervalSeconds(interval)).toBe(0)
  })
})

describe('generalizedTimeToInstant', () => {
  it('reads every form of RFC 4517', () => {
    for (const [text, instant] of [
      ['20261123123142Z', '2026-11-23T12:31:42.000Z'],
      ['20261123123142.797638Z', '2026-11-23T12:31:42.797Z'],
      ['20261123123142,5Z', '2026-11-23T12:31:42.500Z'],
      ['202611231231Z', '2026-11-23T12:31:00.000Z'],
      ['2026112312.5Z', '2026-11-23T12:30:00.000Z'],
      ['20261123213142+0900', '2026-11-23T12:31:42.000Z'],
      ['20261123073142-05', '2026-11-23T12:31:42.000Z'],
      ['20261123080142-0430', '2026-11-23T12:31:42.000Z'],
    ] as const)
      expect(generalizedTimeToInstant(text), text).toBe(instant)
  })

  it('keeps every second that there is', () => {
    fc.assert(
      fc.property(fc.date({ min: day(1900), max: day(9000), noInvalidDate: true }), (date) => {
        const instant = `${date.toISOString().slice(0, 19)}.000Z`
        expect(generalizedTimeToInstant(`${instant.slice(0, 19).replace(/[-:T]/gu, '')}Z`)).toBe(instant)
      }),
    )
  })

  it('refuses days and forms that do not exist', () => {
    for (const text of ['', '2026', '20260230000000Z', '20261301000000Z', '20261123246060Z', '20261123123142', 'x'])
      expect(generalizedTimeToInstant(text), text).toBeNull()
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void generalizedTimeToInstant(text)))
  })
})

describe('guidFromBytes', () => {
  it('puts the first three groups the other way round', () => {
    const bytes = Buffer.from('33221100554477668899aabbccddeeff', 'hex')
    expect(guidFromBytes(bytes)).toBe('00112233-4455-6677-8899-aabbccddeeff')
  })

  it('loses no byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
        const hex = guidFromBytes(bytes).replaceAll('-', '')
        const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
        expect(order.map((index) => Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16))).toEqual([...bytes])
      }),
    )
  })

  it('refuses anything but 16 bytes', () => {
    expect(() => guidFromBytes(Buffer.alloc(15))).toThrow(RangeError)
  })
})

describe('sidFromBytes', () => {
  it('reads well-known identifiers', () => {
    expect(sidFromBytes(Buffer.from('01020000000000052000000020020000', 'hex'))).toBe('S-1-5-32-544')
    expect(sidFromBytes(Buffer.from('010500000000000515000000ffffffff010000000200000000020000', 'hex'))).toBe(
      'S-1-5-21-4294967295-1-2-512',
    )
  })

  it('refuses bytes that are no identifier', () => {
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(7), Buffer.from('0102000000000005', 'hex')])
      expect(() => sidFromBytes(bytes)).toThrow(RangeError)
  })
})

describe('maskNumber', () => {
  it('shows four digits at most, and no short number at all', () => {
    expect(maskNumber('+81 90-5550-1042')).toBe('••••1042')
    expect(maskNumber('ext. 12345')).toBe('••••45')
    expect(maskNumber('1234')).toBe('••••')
    expect(maskNumber('')).toBe('••••')
    fc.assert(
      fc.property(fc.stringMatching(/^[-+() 0-9]{0,20}$/u), (number) => {
        const shown = maskNumber(number).replace(/\D/gu, '').length
        expect(shown).toBeLessThanOrEqual(number.replace(/\D/gu, '').length / 2)
        expect(shown).toBeLessThanOrEqual(4)
      }),
    )
  })
})
