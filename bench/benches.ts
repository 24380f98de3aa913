import type { Bench } from './harness/bench.ts';
import { simulatedBuilds } from './rows/simulated-builds.ts';

/** In the order of the page that tells the figures. */
export const benches: readonly Bench[] = [simulatedBuilds];
