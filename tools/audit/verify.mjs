// Checks a saved audit copy: npm run audit:verify -- FILE [--public-key FILE] [--checkpoints FILE]
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const usage = 'Usage: npm run audit:verify -- FILE [--public-key FILE] [--checkpoints FILE]'
const root = fileURLToPath(new URL('../..', import.meta.url))

/** Exit codes: 0 intact, 1 not intact, 2 nothing could be checked. */
async function main() {
  if (Number(process.versions.node.split('.')[0]) < 22) {
    return refuse(`This needs Node 22 or later. ${usage}`)
  }
  const asked = readArguments()
  if (typeof asked === 'string') return refuse(asked)

  const { runnerImport } = await import('vite')
  const { module } = await runnerImport(resolve(root, 'src/main/audit/verifier.ts'), {
    root,
    configFile: false,
    logLevel: 'silent',
  })
  const report = await module.verifyCopy(asked)
  if (!report.checked) return refuse(report.sentence)
  console.log(report.sentence)
  console.log(`Chain: ${report.origin}`)
  console.log(`Key fingerprint (SHA-256): ${report.fingerprint}`)
  if (report.verdict.rows > 0) console.log(`Hash of row ${report.verdict.rows}: ${report.verdict.headHash}`)
  return report.verdict.intact ? 0 : 1
}

/** npm runs scripts in the project's folder; files are meant from where the person stands. */
function readArguments() {
  const from = (file) => (file === undefined ? null : resolve(process.env.INIT_CWD ?? process.cwd(), file))
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { 'public-key': { type: 'string' }, checkpoints: { type: 'string' } },
    })
    if (positionals.length !== 1) return usage
    return {
      file: from(positionals[0]),
      publicKeyFile: from(values['public-key']),
      checkpointsFile: from(values.checkpoints),
    }
  } catch (error) {
    return `${error.message}\n${usage}`
  }
}

function refuse(sentence) {
  console.error(sentence)
  return 2
}

process.exitCode = await main()
