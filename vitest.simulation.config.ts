import { defineConfig } from 'vitest/config';

/** Lines that the seeds alone must reach, room by room. */
const reached = { lines: 90 };

/**
 * The simulator: the production classes under a virtual clock, from seeds, and the bugs that it must find. The
 * rooms that decide whether anything is lost are covered by the seeds, or the seeds prove little.
 */
export default defineConfig({
  test: {
    name: 'simulation',
    include: ['simulations/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 300_000,
    coverage: {
      enabled: true,
      provider: 'v8',
      reporter: ['text-summary'],
      include: ['packages/{protocol,worker,master}/src/**/*.ts'],
      exclude: ['**/*.test.ts'],
      thresholds: {
        // journal
        'packages/{protocol,worker}/src/journal/*.ts': reached,
        // apply
        'packages/master/src/{model/{apply-record,apply-step,apply-log,apply-outcome,skip-applied,journal-state,zstd-frame}.ts,store/operations/{journal,journal-rows,journal-state,end-build}.ts}':
          reached,
        // claim
        'packages/master/src/{dispatch/dispatcher.ts,model/choose.ts,store/operations/{claim,dispatch}.ts}':
          reached,
        // leases
        'packages/master/src/{builds/lease-reaper.ts,store/leased-duty.ts,store/operations/{leases,masters,silence}.ts}':
          reached,
        // replication
        'packages/{worker/src/agent/{agent,held-build,held-builds,slot-board,replica,record-pump,master-link,slot-link,find-journal}.ts,master/src/workers/{agent-session,agent-sessions,introduce,session-journals,journal-intake,worker-lane,heard-batch}.ts,master/src/store/operations/workers.ts}':
          reached,
      },
    },
  },
});
