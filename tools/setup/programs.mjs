import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline/promises'
import { say } from './say.mjs'

/** Programs outside npm: how each is recognised, and the Debian packages that bring it. */
const catalogue = {
  slapd: { found: () => onPath('slapd'), packages: ['slapd'] },
  'ldap-utils': { found: () => onPath('ldapsearch'), packages: ['ldap-utils'] },
  samba: {
    found: () =>
      onPath('samba') && onPath('samba-tool') && existsSync('/usr/share/samba/setup/provision.ldif') && moduleFolder(),
    packages: ['samba', 'samba-ad-dc', 'samba-ad-provision', 'samba-dsdb-modules', 'samba-vfs-modules'],
  },
  dnsmasq: { found: () => onPath('dnsmasq'), packages: ['dnsmasq-base'] },
  dovecot: { found: () => onPath('dovecot'), packages: ['dovecot-imapd', 'dovecot-lmtpd'] },
  // The packages start servers of their own unless a policy forbids it, as here.
  exim: { found: () => onPath('exim4'), packages: ['exim4-daemon-light'] },
  postgresql: { found: postgresFolder, packages: ['postgresql'] },
  kannel: {
    found: () => onPath('bearerbox') && existsSync('/usr/lib/kannel/test/fakesmsc'),
    packages: ['kannel', 'kannel-extras'],
  },
  // Security keys on USB; the app runs without it and says so.
  libusb: { found: libusb, packages: ['libusb-1.0-0'] },
  openssl: { found: () => onPath('openssl'), packages: ['openssl'] },
  python3: { found: () => existsSync('/usr/bin/python3'), packages: ['python3'] },
  // Lets a copy of Samba listen on its ports for an ordinary user (tests/support/samba.ts).
  setcap: { found: () => process.getuid?.() === 0 || onPath('setcap'), packages: ['libcap2-bin'] },
  chromium: { found: findChromium, packages: ['chromium'] },
  'Japanese fonts': { found: japaneseFont, packages: ['fonts-noto-cjk'] },
}

const browser = ['chromium', 'Japanese fonts']
const needs = {
  'tools/test/run.mjs': [
    'slapd',
    'ldap-utils',
    'samba',
    'setcap',
    'dnsmasq',
    'dovecot',
    'exim',
    'kannel',
    'postgresql',
    'libusb',
    'openssl',
    'python3',
    ...browser,
  ],
  'tools/test/e2e.mjs': [
    'slapd',
    'ldap-utils',
    'samba',
    'setcap',
    'dovecot',
    'exim',
    'kannel',
    'postgresql',
    'libusb',
    'openssl',
    'python3',
    ...browser,
  ],
  'tools/bench/bench.mjs': ['slapd', 'ldap-utils', 'dovecot', 'postgresql', 'openssl', ...browser],
  'tools/demo/demo.mjs': ['slapd', 'ldap-utils', 'dovecot', 'exim', 'kannel', 'libusb', 'openssl', ...browser],
  'tools/start/start.mjs': ['libusb', ...browser],
}
/** These run without the programs and say what is missing; the others stop. */
const optional = new Set(['tools/demo/demo.mjs', 'tools/start/start.mjs'])

/** The programs that a script wants, and whether it can do without. */
export function programsFor(script) {
  const key = script.split(path.sep).join('/')
  return { names: needs[key] ?? [], optional: optional.has(key) }
}

/**
 * Installs what is missing, on Debian and its kin, as root or with sudo, after asking (unless agreed beforehand). Never
 * removes a package and never starts a service.
 */
export async function installPrograms(wanted, agreed) {
  const missing = wanted.names.filter((name) => !catalogue[name].found())
  if (missing.length === 0) return
  const packages = [...new Set(missing.flatMap((name) => catalogue[name].packages))]
  const line = `apt-get install -y --no-install-recommends --no-remove ${packages.join(' ')}`

  const refuse = (reason) => {
    if (wanted.optional) say(`Going on without ${missing.join(', ')} (${reason}).`)
    else throw new Error(`Missing: ${missing.join(', ')} (${reason}). On Debian or Ubuntu run:\n  sudo ${line}`)
  }
  if (!onPath('apt-get')) return refuse('no apt-get on this system')
  const asRoot = process.getuid?.() === 0
  if (!asRoot && !onPath('sudo')) return refuse('neither root nor sudo')
  if (!agreed && !(await confirm(`Missing: ${missing.join(', ')}. Install with "${line}"?`))) {
    return refuse('not installed')
  }

  say(`Installing ${packages.join(', ')} …`)
  // A policy that forbids starting services, in place only while apt runs and only where there is none.
  const script = `set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\\nexit 101\\n' > "$policy" && chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi
apt-get update -qq
${line}`
  const environment = 'DEBIAN_FRONTEND=noninteractive'
  const [command, ...words] = asRoot
    ? ['env', environment, 'sh', '-c', script]
    : ['sudo', 'env', environment, 'sh', '-c', script]
  const result = spawnSync(command, words, { stdio: ['inherit', 'pipe', 'pipe'], encoding: 'utf8' })
  const still = wanted.names.filter((name) => !catalogue[name].found())
  if (result.status !== 0 || still.length > 0) {
    process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`.split('\n').slice(-15).join('\n'))
    return refuse(`apt-get could not install ${still.join(', ')}`)
  }
}

async function confirm(question) {
  if (!process.stdin.isTTY) return false
  const reader = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await reader.question(`[set-up] ${question} [y/N] `)
  reader.close()
  return /^y(es)?$/iu.test(answer.trim())
}

function onPath(program) {
  const folders = `${process.env.PATH ?? ''}${path.delimiter}/usr/sbin${path.delimiter}/sbin`.split(path.delimiter)
  return folders.some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** Samba's directory modules live in a folder named after the machine's architecture. */
function moduleFolder() {
  const result = spawnSync('sh', ['-c', 'ls -d /usr/lib/*/samba/ldb'], { encoding: 'utf8' })
  return result.status === 0
}

/** Debian keeps PostgreSQL's server programs in a folder of their version, off the path. */
function postgresFolder() {
  const result = spawnSync('sh', ['-c', 'ls /usr/lib/postgresql/*/bin/initdb'], { encoding: 'utf8' })
  return result.status === 0
}

/** Only Linux has it outside npm. */
function libusb() {
  if (process.platform !== 'linux') return true
  const folders = ['/usr/lib', '/lib', '/usr/lib64', '/usr/local/lib'].flatMap((folder) => [
    folder,
    ...foldersIn(folder),
  ])
  return folders.some((folder) => existsSync(path.join(folder, 'libusb-1.0.so.0')))
}

/** Debian keeps libraries in a folder named after the machine's architecture. */
function foldersIn(folder) {
  if (!existsSync(folder)) return []
  const entries = readdirSync(folder, { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory()).map((entry) => path.join(folder, entry.name))
}

function findChromium() {
  if (process.env.CHROMIUM_PATH) return existsSync(process.env.CHROMIUM_PATH)
  return ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'].some(onPath)
}

function japaneseFont() {
  const result = spawnSync('fc-list', [':lang=ja', 'family'], { encoding: 'utf8' })
  return result.status === 0 && result.stdout.trim() !== ''
}
