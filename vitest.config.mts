import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          // Patience, not a measure: real files and key derivation on a busy machine.
          testTimeout: 30_000,
          hookTimeout: 30_000,
          include: ['tests/{shared,main,tools,preload,security,house}/**/*.test.ts'],
        },
      },
      {
        plugins: [vue()],
        test: { name: 'renderer', environment: 'jsdom', testTimeout: 30_000, include: ['tests/renderer/**/*.test.ts'] },
      },
      {
        test: {
          name: 'integration',
          environment: 'node',
          include: ['tests/integration/**/*.test.ts'],
          // Real servers: start-up and seeding need time; two cores bear one file at a time.
          testTimeout: 60_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
