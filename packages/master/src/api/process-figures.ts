import { monitorEventLoopDelay } from 'node:perf_hooks';

/** What a process knows of itself, for `/metrics`. */
export interface ProcessFigures {
  /** How late the event loop was since the figures were last read, in seconds. */
  eventLoopDelay(): { readonly p50: number; readonly p99: number; readonly max: number };
  /** Memory that the process holds, in bytes. */
  residentBytes(): number;
  /** CPU time used since the start, in seconds. */
  cpuSeconds(): number;
}

const sampleMs = 20;

/** Of this process. It samples every {@link sampleMs} until it is disposed of. */
export function nodeProcessFigures(): ProcessFigures & Disposable {
  const delay = monitorEventLoopDelay({ resolution: sampleMs });
  delay.enable();
  // Node gives the time from one sample to the next.
  const seconds = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e9 - sampleMs / 1e3);
  return {
    eventLoopDelay() {
      const figures = {
        p50: seconds(delay.percentile(50)),
        p99: seconds(delay.percentile(99)),
        max: seconds(delay.max),
      };
      delay.reset();
      return figures;
    },
    residentBytes: () => process.memoryUsage.rss(),
    cpuSeconds() {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
    [Symbol.dispose]: () => void delay.disable(),
  };
}
