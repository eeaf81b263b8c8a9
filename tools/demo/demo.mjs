/**
 * `npm run demo [-- --tour] [--language en] [--theme dark] [--sample] [--out FOLDER]`: the sample organisation on a real OpenLDAP server, a filled queue
 * and the app on it. Without a display, or with `--tour`, the app drives the main job by itself.
 */
import { parseArgs } from 'node:util'
import { createServer } from 'vite'
import { buildIfStale } from '../start/build.mjs'

const { values } = parseArgs({
  options: {
    tour: { type: 'boolean', default: false },
    language: { type: 'string', default: 'ja' },
    theme: { type: 'string', default: 'light' },
    sample: { type: 'boolean', default: false },
    out: { type: 'string' },
  },
})
if (values.language !== 'ja' && values.language !== 'en') {
  console.error('--language takes ja or en.')
  process.exit(2)
}
if (values.theme !== 'light' && values.theme !== 'dark') {
  console.error('--theme takes light or dark.')
  process.exit(2)
}

buildIfStale()
// Kept open until the end: what is loaded on demand is still to come.
const server = await createServer({
  configFile: false,
  logLevel: 'warn',
  appType: 'custom',
  server: { middlewareMode: true, ws: false, watch: null },
})
try {
  const { demo } = await server.ssrLoadModule('/tools/demo/demo.ts')
  process.exitCode = await demo(values)
} finally {
  await server.close()
}
