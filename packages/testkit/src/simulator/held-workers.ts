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
    switch (type) {
      case 'worker.paused':
      case 'worker.draining':
        held.add(worker);
        break;
      case 'worker.resumed':
        held.delete(worker);
        break;
      case 'build.started':
        workerOf.set(build, worker);
        running.add(build);
        if (held.has(worker)) broken.push(`build ${build} was given to ${worker}, which was held`);
        break;
      case 'build.adopted':
        running.add(build);
        break;
      case 'build.finished':
        running.delete(build);
        break;
      case 'worker.drained':
        for (const one of running)
          if (workerOf.get(one) === worker) broken.push(`${worker} was drained while build ${one} ran there`);
        break;
      default:
        break;
    }
  }
  return broken;
}
