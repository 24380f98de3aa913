/** What a process knows of itself, for `/metrics`. */
export interface ProcessFigures {
  /** How late the event loop was since the figures were last read, in seconds. */
  eventLoopDelay(): { readonly p50: number; readonly p99: number; readonly max: number };
  /** Memory that the process holds, in bytes. */
  residentBytes(): number;
  /** CPU time used since the start, in seconds. */
  cpuSeconds(): number;
}

/** How late its event loop was, in milliseconds. */
interface DelayMeter {
  take(): { readonly p50: number; readonly p99: number; readonly max: number };
}

/** Of this process. */
export function nodeProcessFigures(delay: DelayMeter): ProcessFigures {
  return {
    eventLoopDelay() {
      const { p50, p99, max } = delay.take();
      return { p50: p50 / 1e3, p99: p99 / 1e3, max: max / 1e3 };
    },
    residentBytes: () => process.memoryUsage.rss(),
    cpuSeconds() {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
  };
}
