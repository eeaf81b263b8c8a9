import js from '@eslint/js'
import prettier from 'eslint-config-prettier'
import vue from 'eslint-plugin-vue'
import globals from 'globals'
import tseslint from 'typescript-eslint'

/**
 * Who may import whom (docs/decisions/house.md). One block per floor; `tests/house/floors.test.ts` proves that each of them
 * bites.
 *
 * @param {object} floor
 * @param {string} floor.name How messages call it.
 * @param {string[]} floor.files
 * @param {string[]} [floor.except] Files with a block of their own.
 * @param {string[]} [floor.packages] Bare imports that are allowed: packages and `node:` modules, as regular expressions.
 * @param {string[]} [floor.never] Floors that must not be imported at all.
 * @param {string[]} [floor.typesOnly] Floors of which only types may be imported.
 * @param {boolean} [floor.root] The files lie in `src/main` itself, beside the floors.
 */
function floor({ name, files, except = [], packages = [], never = [], typesOnly = [], root = false }) {
  const bare = packages.length === 0 ? '' : `|(?:${packages.join('|')})(?:/|$)`
  // The first segment that is no dot names the floor: `../services/audit` is a service, `./audit` a neighbour.
  const folder = (names) => `^${root ? '(?:\\.{1,2}/)+' : '(?:\\.\\./)+'}(?:${names.join('|')})(?:/|$)`
  const patterns = [{ regex: `^(?!\\.{1,2}/${bare})`, message: `${name} may not import this package (DESIGN §4).` }]
  if (never.length > 0) patterns.push({ regex: folder(never), message: `${name} may not import this floor.` })
  if (typesOnly.length > 0) {
    patterns.push({
      regex: folder(typesOnly),
      allowTypeImports: true,
      message: `${name} may import only types of this floor.`,
    })
  }
  return {
    name: `floor/${name}`,
    files,
    ignores: except,
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns }],
    },
  }
}

const node = 'node:[a-z_/]+'
const main = ['directory', 'stores', 'audit', 'gateways']
/** Every floor of main but the ones named. */
const otherFloors = (...mine) => main.filter((other) => !mine.includes(other))

const floors = [
  floor({ name: 'shared', files: ['src/shared/**/*.ts'], packages: ['zod'], never: ['main', 'preload', 'renderer'] }),
  floor({
    name: 'main/domain',
    files: ['src/main/domain/**/*.ts'],
    packages: ['node:crypto'],
    never: [...main, 'services', 'ipc', 'desktop', 'renderer', 'preload'],
  }),
  floor({
    name: 'main/directory',
    files: ['src/main/directory/**/*.ts'],
    packages: ['ldapts', node],
    never: [...otherFloors('directory'), 'services', 'ipc', 'desktop', 'renderer', 'preload'],
  }),
  floor({
    name: 'main/stores',
    files: ['src/main/stores/**/*.ts'],
    packages: ['kysely', 'better-sqlite3', 'pg', 'zod', node],
    never: [...otherFloors('stores'), 'services', 'ipc', 'desktop', 'renderer', 'preload'],
  }),
  floor({
    name: 'main/audit',
    files: ['src/main/audit/**/*.ts'],
    packages: ['better-sqlite3', 'zod', node],
    never: [...otherFloors('audit'), 'services', 'ipc', 'desktop', 'renderer', 'preload'],
  }),
  floor({
    name: 'main/gateways',
    files: ['src/main/gateways/**/*.ts'],
    packages: [
      'otplib',
      '@otplib',
      'qrcode',
      'imapflow',
      'nodemailer',
      'mailparser',
      'libphonenumber-js',
      '@simplewebauthn/server',
      'cborg',
      'node-hid',
      'csv-parse',
      'zod',
      node,
    ],
    never: [...otherFloors('gateways'), 'services', 'ipc', 'desktop', 'renderer', 'preload'],
  }),
  floor({
    name: 'main/services',
    files: ['src/main/services/**/*.ts'],
    packages: [node],
    never: ['ipc', 'desktop', 'renderer', 'preload'],
    typesOnly: main,
  }),
  floor({
    name: 'main/ipc',
    files: ['src/main/ipc/**/*.ts'],
    except: ['src/main/ipc/serve.ts'],
    packages: ['zod'],
    never: [...main, 'desktop', 'renderer', 'preload'],
    typesOnly: ['services'],
  }),
  floor({
    name: 'main/ipc/serve',
    files: ['src/main/ipc/serve.ts'],
    packages: ['electron', 'zod', node],
    never: [...main, 'desktop', 'renderer', 'preload'],
    typesOnly: ['services'],
  }),
  floor({
    name: 'main/desktop',
    files: ['src/main/desktop/**/*.ts'],
    packages: ['electron', node],
    never: [...main, 'domain', 'services', 'ipc', 'renderer', 'preload'],
  }),
  floor({
    name: 'main/desk',
    files: ['src/main/desk.ts', 'src/main/desk/**/*.ts'],
    root: true,
    packages: [node],
    never: ['desktop', 'renderer', 'preload'],
  }),
  floor({
    name: 'main/root',
    files: ['src/main/{config,log,clock,vault}.ts', 'src/main/{config,log,vault}/**/*.ts'],
    root: true,
    packages: ['zod', 'jsonc-parser', 'pino', node],
    never: [...main, 'services', 'ipc', 'desktop', 'renderer', 'preload'],
  }),
  floor({
    name: 'preload',
    files: ['src/preload/**/*.ts'],
    packages: ['electron'],
    never: ['main', 'renderer'],
    typesOnly: ['shared'],
  }),
  floor({
    name: 'renderer',
    files: ['src/renderer/**/*.{ts,vue}'],
    packages: ['vue', 'vue-router', 'vue-i18n', 'pinia', 'reka-ui', '@lucide/vue', '@tanstack/vue-virtual'],
    never: ['main', 'preload'],
    typesOnly: ['shared/contract', 'shared/events', 'shared/model'],
  }),
]

export default tseslint.config(
  { ignores: ['out/', 'dist/', 'node_modules/', 'test-results/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.{ts,vue}'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, extraFileExtensions: ['.vue'], tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use an `as const` union.' },
        { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use an `as const` union.' },
        { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
        { selector: 'ImportExpression', message: 'A dynamic import escapes the floors.' },
        { selector: "CallExpression[callee.name='require']", message: 'A require escapes the floors.' },
      ],
    },
  },
  {
    files: ['src/main/**/*.ts'],
    ignores: ['src/main/clock.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Take the injected Clock: tests and --clock-offset move it.' },
      ],
    },
  },
  ...vue.configs['flat/recommended'].map((config) => ({ ...config, files: config.files ?? ['**/*.vue'] })),
  {
    files: ['**/*.vue'],
    languageOptions: {
      globals: globals.browser,
      parserOptions: {
        parser: tseslint.parser,
        projectService: true,
        extraFileExtensions: ['.vue'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      // The type checker knows every global; two judges would disagree about DOM types.
      'no-undef': 'off',
      'no-restricted-syntax': 'off',
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/no-v-html': 'error',
      'vue/multi-word-component-names': ['error', { ignores: ['App'] }],
    },
  },
  ...floors,
  {
    files: ['**/*.{mjs,js}'],
    languageOptions: { globals: globals.node },
    rules: { 'no-console': 'off' },
  },
  {
    files: ['tools/**/*.ts', 'tests/**/*.ts', '*.config.ts'],
    languageOptions: { globals: globals.node },
    rules: { 'no-console': 'off', 'no-restricted-syntax': 'off' },
  },
  {
    // A fake of an async interface has nothing to await.
    files: ['tests/**/*.ts'],
    rules: { '@typescript-eslint/require-await': 'off' },
  },
  prettier,
)
