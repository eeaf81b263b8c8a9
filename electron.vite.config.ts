import { resolve } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'

export default defineConfig({
  main: {
    build: {
      rollupOptions: {
        input: {
          index: resolve('src/main/index.ts'),
          // The process that talks with security keys.
          'security-key-process': resolve('src/main/security-key-process.ts'),
        },
      },
      // Their hundreds of small files would be read one by one at every start; cborg cannot be required.
      externalizeDeps: { exclude: ['kysely', 'ldapts', 'zod', 'cborg'] },
    },
  },
  preload: {
    build: {
      // A sandboxed preload must be one CommonJS file.
      rollupOptions: {
        input: resolve('src/preload/index.ts'),
        output: { format: 'cjs', entryFileNames: 'index.cjs' },
      },
    },
  },
  renderer: {
    root: resolve('src/renderer'),
    plugins: [vue(), tailwindcss()],
    build: {
      rollupOptions: { input: resolve('src/renderer/index.html') },
      // The content security policy knows no `data:` addresses and no network.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
  },
})
