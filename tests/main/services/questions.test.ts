import { beforeAll, describe, expect, it } from 'vitest'
import { readyQuestions } from '../../../src/main/domain/question-catalogue'
import { answersSecret, answerHashesOf } from '../../../src/main/domain/registration-secrets'
import { PersonVault } from '../../../src/main/services/person-vault'
import { QuestionsService } from '../../../src/main/services/questions'
import type { AuditRecorder } from '../../../src/main/audit/audit'
import type { SecretVault } from '../../../src/main/vault'
import { testVault } from '../../support/vault'

const ids = readyQuestions.slice(0, 5).map(({ id }) => id)
const folded = ['おしいれのおく', 'しいたけ', 'くまきち', 'pianolesson', 'ふるいいけ']
const asked = ids.slice(0, 3)

interface Book {
  readonly service: QuestionsService
  readonly vault: SecretVault
  readonly seal: (id: string, plain: Uint8Array) => Promise<Uint8Array>
}

function aBook(vault = testVault()): Book {
  const keys = new Map<string, Uint8Array>()
  const keep = (personId: string, wrapped: Uint8Array): Uint8Array => {
    keys.set(personId, keys.get(personId) ?? wrapped)
    return keys.get(personId) ?? wrapped
  }
  const personVault = new PersonVault(vault, {
    personKeys: {
      get: async (personId) => keys.get(personId) ?? null,
      keep: async (personId, wrapped) => keep(personId, wrapped),
      keepMany: async (wanted) => wanted.map(({ personId, wrapped }) => keep(personId, wrapped)),
    },
  })
  const audit = {} as AuditRecorder
  const questions = { all: async () => null, save: async () => undefined }
  const service = new QuestionsService({ questions, vault, personVault, audit })
  return { service, vault, seal: (id, plain) => personVault.sealSecret({ id, personId: 'hanako' }, plain) }
}

let book: Book
let method: { id: string; personId: string; secret: Uint8Array }

beforeAll(async () => {
  book = aBook()
  const secret = await book.service.secretOf(
    ids.map((questionId, index) => ({ questionId, folded: folded[index] ?? '' })),
  )
  method = { id: 'method', personId: 'hanako', secret: await book.seal('method', secret) }
})

const said = (changes: Readonly<Record<number, string>> = {}) =>
  asked.map((questionId, index) => ({ questionId, answer: changes[index] ?? folded[index] ?? '' }))
const compare = (answers = said(), questionIds = asked) => book.service.compareAll(method, questionIds, answers)

describe('QuestionsService.compareAll', () => {
  it('matches what was said, however it is written, in any order', async () => {
    expect(await compare()).toBe(true)
    expect(await compare(said({ 1: ' シイ タケ ', 0: 'オシイレノオク' }).toReversed())).toBe(true)
  })

  it.each([
    ['the first is wrong', () => compare(said({ 0: 'いどのなか' }))],
    ['the last is wrong', () => compare(said({ 2: 'くまごろう' }))],
    ['one is empty', () => compare(said({ 1: '' }))],
    ['one is missing', () => compare(said().slice(1))],
    ['an answer belongs to another question', () => compare(said({ 0: 'しいたけ', 1: 'おしいれのおく' }))],
    ['one question stands for all', () => compare(said(), [ids[0] ?? '', ids[0] ?? '', ids[0] ?? ''])],
    ['nothing was asked', () => compare([], [])],
    ['a question was never answered', () => compare(said(), [...asked.slice(0, 2), readyQuestions[9]?.id ?? ''])],
  ])('does not match when %s', async (_why, work) => {
    expect(await work()).toBe(false)
  })

  it('matches under the installation’s own pepper only', async () => {
    const other = aBook()
    const secret = await other.service.secretOf(
      asked.map((questionId, index) => ({ questionId, folded: folded[index] ?? '' })),
    )
    const moved = { ...method, secret: await book.seal('method', secret) }
    expect(await book.service.compareAll(moved, asked, said())).toBe(false)
  })

  it('opens no answers that were moved to another method', async () => {
    await expect(book.service.compareAll({ ...method, id: 'other' }, asked, said())).rejects.toMatchObject({
      code: 'store-tampered',
    })
  })
})

describe('QuestionsService.secretOf', () => {
  it('salts every answer: the same word is another hash each time', async () => {
    const [one, two] = await Promise.all(
      [0, 1].map(() => book.service.secretOf([{ questionId: 'a', folded: 'しいたけ' }])),
    )
    const hashes = [one, two].flatMap((secret) => answerHashesOf(secret ?? answersSecret([])))
    expect(new Set(hashes.map(({ hash }) => hash)).size).toBe(2)
    expect(new Set(hashes.map(({ salt }) => salt)).size).toBe(2)
  })
})

describe('QuestionsService.draw', () => {
  it('draws so many of those that were answered', async () => {
    const drawn = await book.service.draw(method, 3)
    expect(new Set(drawn).size).toBe(3)
    expect(drawn.every((id) => ids.includes(id))).toBe(true)
    expect((await book.service.draw(method, 9)).toSorted()).toEqual(ids.toSorted())
  })
})

describe('QuestionsService.worded', () => {
  it('words questions in the order in which they are asked', async () => {
    const wanted = [ids[3] ?? '', ids[0] ?? '']
    expect((await book.service.worded(wanted)).map(({ id }) => id)).toEqual(wanted)
    expect(await book.service.worded(['no-such'])).toEqual([])
  })
})
