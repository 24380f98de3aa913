import type { MillraceEvent } from '@millrace/protocol/event';

/**
 * What holding a worker promises, by the order of the events: once a pause or a drain was recorded, nothing is given
 * to the worker until it is resumed, whichever master gives out; and a drain is over when nothing runs there.
 * Answers a sentence for each time that it was not so.
 */
export function checkHolds(events: readonly MillraceEvent[]): string[] {
  const broken: string[] = [];
  const held = new Set<string>();
  const workerOf = new Map<number, string>();
  const running = new Set<number>();
  for (const { type, worker = '', build = 0 } of events) {
    if (type === 'worker.paused' || type === 'worker.draining') held.add(worker);
    if (type === 'worker.resumed') held.delete(worker);
    if (type === 'build.started') {
      workerOf.set(build, worker);
      if (held.has(worker)) broken.push(`build ${build} was given to ${worker}, which was held`);
    }
    if (type === 'build.started' || type === 'build.adopted') running.add(build);
    if (type === 'build.finished') running.delete(build);
    if (type === 'worker.drained') {
      const there = [...running].filter((one) => workerOf.get(one) === worker);
      broken.push(...there.map((one) => `${worker} was drained while build ${one} ran there`));
    }
  }
  return broken;
}
