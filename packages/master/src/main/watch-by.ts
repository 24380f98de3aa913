import type { LogName } from '@millrace/protocol/agent/messages';
import type { LogWatch } from '../logs/log-watch.ts';

/** Those who tell workers what is watched: each watch is one until the answered function is called. */
export interface Watched {
  watch(log: LogName): () => void;
}

/** What followers of logs say (on, off) as what workers are told (a watch, and its end). */
export function watchBy(watched: Watched): LogWatch {
  const ends = new Map<string, () => void>();
  return {
    watch(build, log, on) {
      const key = `${build}/${log}`;
      ends.get(key)?.();
      ends.delete(key);
      if (on) ends.set(key, watched.watch({ build, log }));
    },
  };
}
