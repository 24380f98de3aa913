import { sleep } from '@millrace/kernel/clock';
import type { Clock } from '@millrace/kernel/clock';
import type { LoopDelay } from '@millrace/protocol/api/profiles';
import type { CurrentConfig } from '../config/config.ts';
import { recordLoad } from '../store/operations/load.ts';
import type { Store } from '../store/store.ts';
import { noWork } from '../store/work-done.ts';
import { busyShare } from './heart.ts';
import type { Beat } from './heart.ts';
import type { Times } from './thread/messages.ts';

export interface LoadRecorderParts {
  readonly master: string;
  readonly version: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly config: CurrentConfig;
  readonly beat: () => Beat;
  readonly delay: { take(): LoopDelay };
  readonly residentBytes: () => number;
  readonly onTrouble: (error: unknown) => void;
}

const minuteMs = 60_000;
const roomsMax = 8;

/** Writes down each minute how busy this master was. */
export class LoadRecorder {
  readonly #parts: LoadRecorderParts;
  #roomMs = new Map<string, number>();
  #toldMs = 0;
  #busyMs = 0;
  #stalls = 0;

  constructor(parts: LoadRecorderParts) {
    this.#parts = parts;
  }

  /** Somebody has watched what was done lately. */
  addTimes({ ms, busyMs, rooms }: Times): void {
    this.#toldMs += ms;
    this.#busyMs += busyMs;
    for (const [room, taken] of Object.entries(rooms))
      this.#roomMs.set(room, (this.#roomMs.get(room) ?? 0) + taken);
  }

  addStall(): void {
    this.#stalls += 1;
  }

  /** Runs until the signal aborts: at the end of each minute of the clock. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, store, beat, onTrouble } = this.#parts;
    let started = true;
    let before = { beat: beat(), work: store.work?.figures() ?? noWork };
    this.#parts.delay.take();
    for (;;) {
      const minute = Math.floor(clock.now() / minuteMs);
      await sleep(clock, (minute + 1) * minuteMs - clock.now(), signal);
      if (signal.aborted) return;
      const after = { beat: beat(), work: store.work?.figures() ?? noWork };
      await this.#record(minute, started, before, after).catch(onTrouble);
      before = after;
      started = false;
    }
  }

  async #record(minute: number, started: boolean, before: Figures, after: Figures): Promise<void> {
    const { master, version, store, config, delay, residentBytes } = this.#parts;
    const { p50, p99, max } = delay.take();
    const stalls = this.#stalls;
    this.#stalls = 0;
    await store.do(recordLoad, {
      master,
      minute,
      version,
      generation: config.get().generation,
      started,
      ...this.#takeTimes(before.beat, after.beat),
      delayP50Ms: p50,
      delayP99Ms: p99,
      delayMaxMs: max,
      stalls,
      logBytes: after.work.bytes - before.work.bytes,
      commits: after.work.commits - before.work.commits,
      segmentSyncs: after.work.segmentSyncs - before.work.segmentSyncs,
      gcMs: Math.round((after.beat.gcUs - before.beat.gcUs) / 1000),
      residentBytes: residentBytes(),
    });
  }

  /** Where nobody watches, the runtime's own figure is right, and nothing is known of rooms. */
  #takeTimes(before: Beat, after: Beat): { busyShare: number; rooms: Record<string, number> } {
    const sampledMs = [...this.#roomMs.values()].reduce((sum, ms) => sum + ms, 0);
    const share =
      this.#toldMs === 0 ? busyShare(before, after, after.atUs) : Math.min(1, this.#busyMs / this.#toldMs);
    const most = [...this.#roomMs].toSorted(([, one], [, other]) => other - one).slice(0, roomsMax);
    this.#roomMs = new Map();
    this.#toldMs = 0;
    this.#busyMs = 0;
    const rooms = Object.fromEntries(
      sampledMs === 0 ? [] : most.map(([room, ms]) => [room, rounded(ms / sampledMs)]),
    );
    return { busyShare: rounded(share), rooms };
  }
}

interface Figures {
  readonly beat: Beat;
  readonly work: { readonly bytes: number; readonly commits: number; readonly segmentSyncs: number };
}

const rounded = (share: number): number => Math.round(share * 1000) / 1000;
