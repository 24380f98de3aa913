import type { Clock } from '@millrace/kernel/clock';
import { msToRound } from '@millrace/kernel/rounds';
import { TokenBuckets } from '@millrace/kernel/token-buckets';
import type { Connection, ConnectionEvents } from '@millrace/protocol/agent/connection';
import { defaultCreditBytes, defaultHeartbeatMs } from '@millrace/protocol/agent/messages';
import type { FromMaster, Holding, LogName, RunOrder } from '@millrace/protocol/agent/messages';
import type { Reason } from '@millrace/protocol/result';
import type { CurrentConfig } from '../config/config.ts';
import type { SecretsForOrders } from '../config/order-secrets.ts';
import type { FreeSlot } from '../model/choose.ts';
import { AgentSession } from './agent-session.ts';
import type { AgentSessionParts } from './agent-session.ts';
import type { AgentStore } from './agent-store.ts';
import { maySpeak } from './authenticate.ts';
import type { Credentials } from './authenticate.ts';
import { HeardBatch } from './heard-batch.ts';
import type { NextBuild } from './next-build.ts';
import { WatchedLogs } from './watched-logs.ts';
import { WorkerLane } from './worker-lane.ts';

export interface AgentSessionsParts {
  /** This master's name. */
  readonly master: string;
  readonly store: AgentStore;
  readonly config: CurrentConfig;
  readonly secrets: SecretsForOrders;
  readonly clock: Clock;
  /** What a slot that is about to be free builds next: claimed by the commit that ends the build before it. */
  readonly next?: (slot: FreeSlot) => NextBuild | undefined;
  readonly creditBytes?: number;
  /** Something went wrong that a person may want to know of; nothing is lost by it. */
  readonly onTrouble: (error: unknown) => void;
}

/** Of one worker: a line that breaks at once, again and again, is not worth more. */
const hellos = { perSecond: 2, burst: 60 };

/** Heartbeats of all workers are committed together, this often, with what else is written now and then. */
const heardBatchMs = 2_000;
/** The same where workers beat more often than by default, because they are lost after a few seconds. */
const hurriedBatchMs = 1_000;

/**
 * A worker must be able to miss a few heartbeats before it counts as lost, and be heard of again after a
 * broken connection: six in `lostAfterMs`, and never more than one in five seconds.
 */
function heartbeatFor(lostAfterMs: number): number {
  return Math.max(20, Math.min(defaultHeartbeatMs, Math.floor(lostAfterMs / 6)));
}

/** Every agent that is connected to this master, and the way to tell them something. */
export class AgentSessions {
  readonly #parts: AgentSessionsParts;
  readonly #heard: HeardBatch;
  readonly #lanes = new Map<string, WorkerLane>();
  readonly #open = new Map<string, AgentSession>();
  /** Sessions whose hello the store is judging, by the worker that they say they are. */
  readonly #greeting = new Map<string, Set<AgentSession>>();
  readonly #all = new Set<AgentSession>();
  readonly #watched = new WatchedLogs();
  readonly #hellos: TokenBuckets;
  /** One for all sessions: there may be ten thousand. */
  readonly #ofSessions: AgentSessionParts;
  #closed = false;

  constructor(parts: AgentSessionsParts) {
    this.#parts = parts;
    this.#hellos = new TokenBuckets(parts.clock, () => hellos);
    this.#heard = new HeardBatch(
      (heard) => parts.store.heard(heard),
      parts.clock,
      () => this.#heardBatchMs(),
      parts.onTrouble,
    );
    this.#ofSessions = {
      ...parts,
      creditBytes: parts.creditBytes ?? defaultCreditBytes,
      heard: this.#heard,
      heartbeatMs: () => this.#heartbeatMs(),
      desk: {
        lane: (worker) => this.#lane(worker),
        greeting: (of, worker) => this.#greetingOf(worker).add(of),
        welcomed: (of) => this.#welcomed(of),
        ended: (of) => this.#ended(of),
        admits: (worker) => this.#hellos.take(worker) === 0,
        twin: (worker, message) => this.#open.get(worker)?.note(message),
        run: (worker, order) => this.run(worker, order),
        watchedOf: (build) => this.#watched.ofBuild(build),
      },
    };
  }

  /** Takes a connection that has just been opened; what comes over it goes to the events that are answered. */
  accept(connection: Connection, credentials: Credentials): ConnectionEvents {
    const session = new AgentSession(this.#ofSessions, connection, credentials);
    this.#all.add(session);
    if (this.#closed) session.close('shutting-down', shuttingDown);
    return session;
  }

  /** Whether some worker may come with these: from this machine without a token, or with one that is good. */
  knows(credentials: Credentials): boolean {
    return maySpeak(this.#parts.config.get().workers, credentials, this.#parts.clock.now());
  }

  get size(): number {
    return this.#open.size;
  }

  /**
   * Gives out a claimed build. A worker that is not connected here is told by the next welcome. `now`: before all else
   * that follows the claim's commit; the answer to who asked for the build, and listeners, take half a millisecond.
   */
  run(worker: string, order: RunOrder, when?: 'now'): void {
    this.#give(worker, { type: 'run', ...order }, when);
  }

  /** Tells the worker that holds it to cancel a build. */
  cancel(worker: string, build: Holding & { readonly reason: Reason; readonly message: string }): void {
    const { build: id, fence, reason, message } = build;
    this.#give(worker, { type: 'cancel', build: id, fence, reason, message });
  }

  /** Somebody begins to follow a log. Call what is answered once, when they stop. */
  watch(log: LogName): () => void {
    if (this.#watched.add(log)) this.#tellWatched(log, true);
    let on = true;
    return () => {
      if (!on) return;
      on = false;
      if (this.#watched.remove(log)) this.#tellWatched(log, false);
    };
  }

  /** The config has changed: each session is judged by it. */
  reconsider(): void {
    for (const session of this.#all) session.reconsider();
  }

  /** Says to every agent that this master stops, and waits until what they had sent is committed. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const session of this.#all) session.close('shutting-down', shuttingDown);
    this.#heard.close();
    await Promise.all([...this.#lanes.values()].map((lane) => lane.idle()));
  }

  #give(worker: string, message: FromMaster, when?: 'now'): void {
    this.#open.get(worker)?.give(message, when);
    // Whether its hello was judged before or after the order was written is not known here: it gets both.
    for (const session of this.#greeting.get(worker) ?? []) session.give(message);
  }

  #tellWatched(log: LogName, on: boolean): void {
    for (const session of this.#open.values()) session.watch(log, on);
  }

  #lane(worker: string): WorkerLane {
    const lane = this.#lanes.get(worker) ?? new WorkerLane();
    this.#lanes.set(worker, lane);
    return lane;
  }

  #greetingOf(worker: string): Set<AgentSession> {
    const sessions = this.#greeting.get(worker) ?? new Set();
    this.#greeting.set(worker, sessions);
    return sessions;
  }

  #greeted(session: AgentSession): void {
    const sessions = this.#greeting.get(session.worker);
    sessions?.delete(session);
    if (sessions?.size === 0) this.#greeting.delete(session.worker);
  }

  #welcomed(session: AgentSession): void {
    this.#greeted(session);
    const before = this.#open.get(session.worker);
    this.#open.set(session.worker, session);
    before?.close('name-taken', 'The worker has connected anew: this connection is replaced.');
  }

  #ended(session: AgentSession): void {
    this.#all.delete(session);
    this.#greeted(session);
    if (this.#open.get(session.worker) === session) this.#open.delete(session.worker);
  }

  #heartbeatMs(): number {
    return heartbeatFor(this.#parts.config.get().lostAfterMs);
  }

  /** How long heartbeats wait for others. */
  #heardBatchMs(): number {
    const beatMs = this.#heartbeatMs();
    const { clock } = this.#parts;
    return beatMs < defaultHeartbeatMs ? Math.min(hurriedBatchMs, beatMs) : msToRound(clock, heardBatchMs);
  }
}

const shuttingDown = 'This master stops. The builds go on; the worker connects again by itself.';
