import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          include: ['tests/{shared,main,tools,preload,security,house}/**/*.test.ts'],
        },
      },
      {
        plugins: [vue()],
        test: { name: 'renderer', environment: 'jsdom', include: ['tests/renderer/**/*.test.ts'] },
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
