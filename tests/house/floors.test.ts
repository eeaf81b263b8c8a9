import { ESLint } from 'eslint'
import { describe, expect, it } from 'vitest'

/**
 * For each floor: imports that must fail lint and imports that must pass. The file paths need not exist; the rules look at
 * the path and the import alone.
 */
const cases: readonly { file: string; refused: readonly string[]; allowed: readonly string[] }[] = [
  {
    file: 'src/shared/probe.ts',
    refused: [
      `import 'electron'`,
      `import 'node:fs'`,
      `import { x } from '../main/desk'`,
      `import type { X } from '../renderer/src/main'`,
      `import 'vue'`,
    ],
    allowed: [`import { z } from 'zod'`, `import { x } from './errors'`],
  },
  {
    file: 'src/main/domain/probe.ts',
    refused: [
      `import 'node:fs'`,
      `import { x } from '../stores/stores'`,
      `import type { X } from '../directory/directory'`,
      `import { x } from '../services/reset'`,
      `import 'otplib'`,
    ],
    allowed: [`import { randomInt } from 'node:crypto'`, `import { x } from '../../shared/errors'`],
  },
  {
    file: 'src/main/directory/probe.ts',
    refused: [
      `import 'electron'`,
      `import { x } from '../services/reset'`,
      `import { x } from '../stores/stores'`,
      `import { x } from '../audit/store'`,
      `import 'better-sqlite3'`,
    ],
    allowed: [
      `import { Client } from 'ldapts'`,
      `import { x } from '../domain/privilege'`,
      `import type { L } from '../log'`,
    ],
  },
  {
    file: 'src/main/stores/probe.ts',
    refused: [`import 'electron'`, `import 'ldapts'`, `import { x } from '../directory/connection'`],
    allowed: [`import { Kysely } from 'kysely'`, `import { Pool } from 'pg'`, `import type { V } from '../vault'`],
  },
  {
    file: 'src/main/audit/probe.ts',
    refused: [`import 'electron'`, `import 'kysely'`, `import { x } from '../stores/database'`],
    allowed: [`import 'better-sqlite3'`, `import type { A } from '../../shared/model/audit'`],
  },
  {
    file: 'src/main/gateways/probe.ts',
    refused: [`import 'ldapts'`, `import { x } from '../services/verification'`],
    allowed: [
      `import 'otplib'`,
      `import { ImapFlow } from 'imapflow'`,
      `import { simpleParser } from 'mailparser'`,
      `import 'libphonenumber-js/max'`,
      `import 'cborg'`,
      `import 'node-hid'`,
      `import '@simplewebauthn/server'`,
      `import { x } from '../domain/policy'`,
    ],
  },
  {
    file: 'src/main/services/probe.ts',
    refused: [
      `import 'electron'`,
      `import 'ldapts'`,
      `import 'kysely'`,
      `import 'better-sqlite3'`,
      `import 'pg'`,
      `import { x } from '../ipc/serve'`,
      `import { openAudit } from '../audit/store'`,
      `import { openStores } from '../stores/database'`,
      `import { createDirectory } from '../directory/index'`,
      `import { createImapMailbox } from '../gateways/mailbox/imap-mailbox'`,
      `import 'imapflow'`,
      `import 'libphonenumber-js/max'`,
    ],
    allowed: [
      `import type { Stores } from '../stores/stores'`,
      `import type { AuditRecorder } from '../audit/audit'`,
      `import { x } from '../domain/requests'`,
      `import { x } from './audit'`,
    ],
  },
  {
    file: 'src/main/ipc/probe.ts',
    refused: [
      `import 'electron'`,
      `import { x } from '../stores/stores'`,
      `import type { D } from '../directory/directory'`,
      `import { x } from '../services/reset'`,
    ],
    allowed: [`import type { R } from '../services/reset'`, `import type { Handlers } from '../../shared/contract'`],
  },
  {
    file: 'src/main/ipc/serve.ts',
    refused: [`import { x } from '../stores/stores'`, `import 'ldapts'`],
    allowed: [`import { ipcMain } from 'electron'`],
  },
  {
    file: 'src/main/desktop/probe.ts',
    refused: [`import { x } from '../services/reset'`, `import { x } from '../stores/stores'`, `import 'ldapts'`],
    allowed: [`import { app } from 'electron'`, `import 'node:path'`],
  },
  {
    file: 'src/main/desk.ts',
    refused: [`import 'electron'`, `import { x } from './desktop/window'`],
    allowed: [`import { x } from './services/reset'`, `import { x } from './stores/database'`],
  },
  {
    file: 'src/main/config.ts',
    refused: [`import 'electron'`, `import { x } from './services/reset'`, `import 'ldapts'`],
    allowed: [`import 'jsonc-parser'`, `import { x } from './domain/policy'`],
  },
  {
    file: 'src/preload/probe.ts',
    refused: [
      `import 'node:fs'`,
      `import 'zod'`,
      `import { contract } from '../shared/contract'`,
      `import { x } from '../main/desk'`,
    ],
    allowed: [`import { contextBridge } from 'electron'`, `import type { Api } from '../shared/contract'`],
  },
  {
    file: 'src/renderer/src/lib/probe.ts',
    refused: [
      `import 'electron'`,
      `import 'node:fs'`,
      `import { x } from '../../../main/desk'`,
      `import { contract } from '../../../shared/contract'`,
      `import { personId } from '../../../shared/model/common'`,
      `import 'zod'`,
    ],
    allowed: [
      `import { ref } from 'vue'`,
      `import { unwrap } from '../../../shared/errors'`,
      `import type { Api } from '../../../shared/contract'`,
      `import { messages } from '../../../shared/i18n/index'`,
      `import { foldAnswer } from '../../../shared/question-rules'`,
      `import { smsPresets } from '../../../shared/sms-presets'`,
    ],
  },
]

/** Lints one line as if it stood in that file, without the type checker (the file is not in the project). */
async function importProblems(file: string, code: string): Promise<string[]> {
  const eslint = new ESLint({
    overrideConfig: [
      {
        files: ['**/*.ts'],
        languageOptions: { parserOptions: { projectService: false, program: null } },
      },
    ],
    ruleFilter: ({ ruleId }) => ruleId === '@typescript-eslint/no-restricted-imports',
  })
  const [result] = await eslint.lintText(code, { filePath: file })
  if (!result) throw new Error(`ESLint ignored ${file}`)
  const fatal = result.messages.filter((message) => message.fatal)
  if (fatal.length > 0) throw new Error(fatal.map((message) => message.message).join('\n'))
  return result.messages.map((message) => message.message)
}

describe('floors', () => {
  for (const { file, refused, allowed } of cases) {
    it(`${file} may not reach beyond its floor`, async () => {
      const passed: string[] = []
      for (const code of refused) if ((await importProblems(file, code)).length === 0) passed.push(code)
      expect(passed).toEqual([])
    })

    it(`${file} may import what its floor needs`, async () => {
      const problems: string[] = []
      for (const code of allowed) problems.push(...(await importProblems(file, code)).map((text) => `${code}: ${text}`))
      expect(problems).toEqual([])
    })
  }
})
