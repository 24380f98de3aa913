import type { Bench } from './harness/bench.ts';
import { connect, memory } from './rows/connect.ts';
import { emitters } from './rows/emitters.ts';
import { enqueueing } from './rows/enqueue.ts';
import { fleet } from './rows/fleet.ts';
import { follow } from './rows/follow.ts';
import { force } from './rows/force.ts';
import { fsyncs } from './rows/fsyncs.ts';
import { oneLog, sixteenLogs } from './rows/logs.ts';
import { queries, queriesOfMany } from './rows/queries.ts';
import { manyStepBuilds, oneStepBuilds, queuedBuilds } from './rows/real-builds.ts';
import { simulatedBuilds, simulatedSteps } from './rows/simulated-builds.ts';
import { start } from './rows/start.ts';
import { watcher } from './rows/watcher.ts';
import { year } from './rows/year.ts';

/** In the order of the page that tells the figures. */
export const benches: readonly Bench[] = [
  oneLog,
  sixteenLogs,
  emitters,
  follow,
  oneStepBuilds,
  queuedBuilds,
  simulatedBuilds,
  manyStepBuilds,
  simulatedSteps,
  enqueueing,
  force,
  connect,
  queries,
  queriesOfMany,
  start,
  fsyncs,
  memory,
  watcher,
  fleet,
  year,
];
