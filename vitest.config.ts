import { defineConfig } from 'vitest/config';

/**
 * Two kinds of tests; the simulator's have a config of their own, for the coverage that is asked of them.
 *
 * - `unit`: beside the code, in threads and without isolation: a thousand take seconds. They may
 *   start servers on loopback, but no process of millrace.
 * - `e2e`: real processes, a real repository, a real browser, a real PostgreSQL; two files at a time.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['packages/*/{src,test}/**/*.test.ts', 'scripts/**/*.test.ts', 'bench/**/*.test.ts'],
          exclude: ['packages/*/test/packed/**'],
          pool: 'threads',
          isolate: false,
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          pool: 'forks',
          // They mostly wait: for grace times, heartbeats, processes.
          fileParallelism: true,
          maxWorkers: 2,
          // Of a machine's tools a worker asks this one: others take half a second of each fleet.
          env: { MILLRACE_TOOLS: 'git' },
          // Fleets of real processes beside each other: more would only wait for the machine's two cores.
          maxConcurrency: 3,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
