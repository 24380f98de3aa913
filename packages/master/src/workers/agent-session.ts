import type { Clock, Timer } from '@millrace/kernel/clock';
import { messageOf, MillraceError } from '@millrace/kernel/errors';
import type { Connection, ConnectionEvents } from '@millrace/protocol/agent/connection';
import { readFromAgent } from '@millrace/protocol/agent/message-schema';
import { agentProtocolVersion } from '@millrace/protocol/agent/messages';
import type {
  FromAgent,
  FromMaster,
  Holding,
  LogName,
  RefusalCode,
  RunOrder,
} from '@millrace/protocol/agent/messages';
import { endsBuild } from '@millrace/protocol/journal/ends-build';
import { defaultTrust } from '@millrace/protocol/plan';
import { byName } from '../config/by-name.ts';
import type { CurrentConfig } from '../config/config.ts';
import type { SecretsForOrders } from '../config/order-secrets.ts';
import type { FreeSlot } from '../model/choose.ts';
import type { WorkerSession } from '../store/operations/workers.ts';
import type { AgentStore } from './agent-store.ts';
import { applyPieces } from './apply-pieces.ts';
import type { Piece } from './apply-pieces.ts';
import type { Credentials } from './authenticate.ts';
import { changedTerms } from './changed-terms.ts';
import type { HeardBatch } from './heard-batch.ts';
import { helloNotes, twinNote } from './hello-notes.ts';
import { introduce } from './introduce.ts';
import type { NextBuild } from './next-build.ts';
import { cutShort, SessionJournals } from './session-journals.ts';
import { withSecrets } from './with-secrets.ts';
import { WorkerLane } from './worker-lane.ts';

/** What a session needs of the registry that holds it. */
interface SessionDesk {
  lane(worker: string): WorkerLane;
  /** It has said its name and is being judged: what is given to its worker meanwhile is for it too. */
  greeting(session: AgentSession, worker: string): void;
  /** It speaks for its worker now; an older one speaks no more. */
  welcomed(session: AgentSession): void;
  ended(session: AgentSession): void;
  /** Whether this worker may say hello now, or has done so too often. */
  admits(worker: string): boolean;
  /** Another machine wanted to be this worker, and was refused. */
  twin(worker: string, message: string): void;
  watchedOf(build: number): readonly LogName[];
  /** Gives out a claimed build, as any other. */
  run(worker: string, order: RunOrder): void;
}

export interface AgentSessionParts {
  readonly secrets: SecretsForOrders;
  readonly master: string;
  readonly store: AgentStore;
  readonly config: CurrentConfig;
  readonly clock: Clock;
  readonly heard: HeardBatch;
  readonly desk: SessionDesk;
  /** Says what a slot that is about to be free builds next. Absent: a round of the dispatcher's says so, later. */
  readonly next?: (slot: FreeSlot) => NextBuild | undefined;
  readonly creditBytes: number;
  readonly heartbeatMs: () => number;
  /** Something went wrong that is not the agent's fault. */
  readonly onTrouble: (error: unknown) => void;
}

/** How long a connection may stay without saying who it is. */
const helloMs = 10_000;
/** Messages that may wait for an agent that does not read. */
const unsentMax = 10_000;
/** Small things of one agent that may be under way to the store. */
const noticesMax = 1_000;

type Hello = Extract<FromAgent, { type: 'hello' }>;
type State = 'new' | 'greeting' | 'open' | 'closed';

/**
 * The master's end of one connection of an agent.
 *
 *   new ---hello---> greeting ---the store says welcome---> open
 *    |                  |  refused                            |
 *    +------------------+----------> closed <-----------------+  closed by either side, malformed, replaced
 *
 * It holds nothing that the store does not: a connection that breaks at any moment loses nothing.
 */
export class AgentSession implements ConnectionEvents {
  readonly #parts: AgentSessionParts;
  readonly #connection: Connection;
  readonly #credentials: Credentials;
  readonly #journals: SessionJournals;
  /** The slot of each build that it has; null: it came with the build. */
  readonly #builds = new Map<number, number | null>();
  readonly #helloTimer: Timer;
  #state: State = 'new';
  #name: WorkerSession = { worker: '', session: 0 };
  #trust = defaultTrust;
  /** It tells its clock, so it understands notes. */
  #takesNotes = false;
  #expiresAt: number | null = null;
  /** As it was told at the welcome. */
  #heartbeatMs = 0;
  /** Its worker has left the config; what it builds is recorded to the end. */
  #leaving = false;
  /** Its worker's, once it has said which one it is. */
  #lane = new WorkerLane();
  /** What was given to the worker while the store judged the hello. */
  readonly #held: FromMaster[] = [];
  #unsent = 0;
  #notices = 0;

  constructor(parts: AgentSessionParts, connection: Connection, credentials: Credentials) {
    this.#parts = parts;
    this.#connection = connection;
    this.#credentials = credentials;
    this.#journals = this.#journalsOf(parts);
    this.#helloTimer = parts.clock.after(helloMs, () =>
      this.#refuse('malformed', `It did not say hello within ${helloMs / 1000} s.`),
    );
  }

  #journalsOf({ store, onTrouble, creditBytes }: AgentSessionParts): SessionJournals {
    return new SessionJournals({
      apply: (pieces) =>
        this.#lane.together(pieces, (some) =>
          applyPieces(store, this.#name, some, (piece) => this.#nextAfter(piece)),
        ),
      begun: (order) => this.#parts.desk.run(this.worker, order),
      send: (message) => this.#send(message),
      over: (build) => {
        this.#builds.delete(build);
        if (this.#leaving) this.reconsider();
      },
      endForked: (holding, message) => this.#endForked(holding, message),
      refuse: (code, message) => this.#refuse(code, message),
      onTrouble,
      creditBytes,
    });
  }

  /** What the slot may build after these records. */
  #nextAfter({ build, frames }: Piece): NextBuild | undefined {
    const slot = this.#builds.get(build);
    const ends = frames.some(({ records }) => endsBuild(records));
    if (slot === undefined || slot === null || this.#leaving || !ends) return undefined;
    return this.#parts.next?.({ ...this.#name, slot, trust: this.#trust });
  }

  get worker(): string {
    return this.#name.worker;
  }

  onMessage(message: string | Uint8Array): void {
    if (this.#state === 'closed') return;
    try {
      if (typeof message === 'string') this.#onText(readFromAgent(message));
      else this.#onFrame(message);
    } catch (error) {
      this.#refuse('malformed', messageOf(error));
    }
  }

  onDrain(): void {
    this.#unsent = 0;
  }

  onClose(): void {
    this.#end();
  }

  /**
   * Gives the agent an order: `now`, or with what else it is told in this turn of the event loop. Not an open session:
   * it is dropped, as the next hello brings it back.
   */
  give(message: FromMaster, when?: 'now'): void {
    if (message.type === 'run') this.#builds.set(message.build, message.slot);
    if (this.#state === 'greeting') this.#held.push(message);
    else if (this.#state === 'open') this.#send(message);
    if (when === 'now') this.#connection.flush?.();
  }

  /** Tells it of a watched log, where it holds the build. */
  watch(log: LogName, on: boolean): void {
    if (this.#builds.has(log.build)) this.give({ type: 'watch', ...log, on });
  }

  /** Something for the log of whoever keeps the worker. */
  note(message: string): void {
    if (this.#takesNotes) this.give({ type: 'note', message });
  }

  /** The config has changed: whoever may not be here any more, or on other terms, has to say hello anew. */
  reconsider(): void {
    if (this.#state !== 'open') return;
    const { workers } = this.#parts.config.get();
    if (byName(workers, this.worker) === undefined) {
      this.#leave();
      return;
    }
    this.#leaving = false;
    const terms = { trust: this.#trust, heartbeatMs: this.#heartbeatMs };
    const now = { workers, heartbeatMs: this.#parts.heartbeatMs(), at: this.#parts.clock.now() };
    const changed = changedTerms(terms, now, { worker: this.worker, credentials: this.#credentials });
    if (changed) this.#refuse(changed.code, changed.message);
  }

  close(code: RefusalCode, message: string): void {
    if (this.#state !== 'closed') this.#refuse(code, message);
  }

  /**
   * The config does not have its worker any more. What runs there is still recorded; nothing new is given to it, for
   * no builder can name it. Asked again when one of its builds has ended.
   */
  #leave(): void {
    this.#leaving = true;
    this.#notice(async (store) => {
      const isBusy = (await store.departed(this.worker)) !== null;
      const { workers } = this.#parts.config.get();
      if (isBusy || this.#journals.size > 0 || byName(workers, this.worker) !== undefined) return;
      this.#refuse(
        'unknown-worker',
        `The master's config has no worker named "${this.worker}" any more, and no build runs here.`,
      );
    });
  }

  #onText(message: FromAgent): void {
    if (message.type === 'hello') {
      if (this.#state === 'new') void this.#greet(message);
      else this.#refuse('malformed', 'It said hello twice.');
      return;
    }
    if (this.#state !== 'open') {
      this.#refuse('malformed', `It sent "${message.type}" before it was welcomed.`);
      return;
    }
    switch (message.type) {
      case 'heartbeat': {
        const isOver = this.#expiresAt !== null && this.#parts.clock.now() >= this.#expiresAt;
        if (isOver || this.#leaving) this.reconsider();
        const answer = (): void => this.#send({ type: 'heard', number: message.number });
        this.#parts.heard.add({ ...this.#name, answer });
        return;
      }
      case 'room':
        this.#notice((store) => store.room({ ...this.#name, room: message.room }));
        return;
      case 'refused': {
        const { build, fence } = message;
        this.#notice((store) =>
          store.refused({ ...this.#name, build, fence, message: message.message || 'It was refused.' }),
        );
        return;
      }
      case 'forked':
        this.#endForked(message, cutShort(message.byte));
    }
  }

  /** One journal is of no use: its build ends, and the others go on. */
  #endForked({ build, fence }: Holding, message: string): void {
    this.#notice(async (store) => {
      await store.forked({ ...this.#name, build, fence, message });
      this.#send({ type: 'fenced', build, fence, message });
    });
  }

  async #greet(hello: Hello): Promise<void> {
    this.#helloTimer.cancel();
    this.#state = 'greeting';
    const { store, config, desk } = this.#parts;
    const known = await introduce(hello, this.#credentials, {
      ...this.#parts,
      admits: (worker) => desk.admits(worker),
    });
    if (this.#closed()) return;
    if (known.kind === 'refused') {
      this.#refuse(known.code, known.message);
      return;
    }
    const { trust, clockOffsetMs, tokenExpiresAt } = known;
    this.#name = { worker: hello.worker, session: 0 };
    this.#trust = trust;
    this.#takesNotes = hello.clock !== undefined;
    this.#lane = desk.lane(hello.worker);
    desk.greeting(this, hello.worker);
    const { worker, spool, slots, facts, journals, room } = hello;
    try {
      await this.#lane.exclusive(async () => {
        if (this.#closed()) return;
        const answer = await store.hello({
          worker,
          spool,
          slots,
          facts,
          journals,
          room,
          master: this.#parts.master,
          lostAfterMs: config.get().lostAfterMs,
          trust,
          clockOffsetMs,
        });
        if (answer.kind === 'refused') {
          if (answer.isNews) this.#tellTwin(hello);
          if (!this.#closed()) this.#refuse(answer.code, answer.message);
          return;
        }
        this.#name = { worker, session: answer.session };
        if (this.#closed()) {
          // It went while the store judged it: the store must not go on believing that it is there.
          await store.gone(this.#name);
          return;
        }
        this.#expiresAt = tokenExpiresAt;
        const notes = helloNotes({ worker, clockOffsetMs, tokenExpiresAt, now: this.#parts.clock.now() });
        this.#welcome(answer.journals, answer.run, notes);
      });
    } catch (error) {
      this.#parts.onTrouble(error);
      if (!this.#closed()) this.#refuse('store-trouble', 'The store could not take the hello. Try again.');
    }
  }

  /** The log of the master, and that of the machine that has the name, tell of it too. */
  #tellTwin({ worker, facts }: Hello): void {
    const told = twinNote(worker, facts.hostname);
    this.#parts.onTrouble(new MillraceError('name-taken', told));
    this.#parts.desk.twin(worker, told);
  }

  #welcome(
    journals: Extract<FromMaster, { type: 'welcome' }>['journals'],
    run: readonly RunOrder[],
    notes: readonly string[],
  ): void {
    const { desk, config, master, creditBytes, heartbeatMs } = this.#parts;
    this.#heartbeatMs = heartbeatMs();
    for (const verdict of journals) if (verdict.kind === 'resume') this.#builds.set(verdict.build, null);
    for (const order of run) this.#builds.set(order.build, order.slot);
    this.#state = 'open';
    desk.welcomed(this);
    this.#send({
      type: 'welcome',
      version: agentProtocolVersion,
      master,
      heartbeatMs: this.#heartbeatMs,
      lostAfterMs: config.get().lostAfterMs,
      creditBytes,
      journals,
      run,
      watched: [...this.#builds.keys()].flatMap((build) => desk.watchedOf(build)),
      ...(notes.length > 0 && { notes }),
    });
    for (const message of this.#held.splice(0)) this.#send(message);
    // The config may have become another while the store judged the hello.
    this.reconsider();
  }

  #onFrame(bytes: Uint8Array): void {
    if (this.#state === 'open') this.#journals.take(bytes);
    else this.#refuse('malformed', 'It sent records before it was welcomed.');
  }

  /** Something small for the store, in this worker's order. */
  #notice(act: (store: AgentStore) => Promise<void>): void {
    if (++this.#notices > noticesMax) {
      this.#refuse('malformed', `It has more than ${noticesMax} messages waiting for the store.`);
      return;
    }
    const done = this.#lane.shared(() => act(this.#parts.store));
    done.catch(this.#parts.onTrouble).finally(() => this.#notices--);
  }

  #send(message: FromMaster): void {
    if (this.#state === 'closed') return;
    if (this.#connection.send(JSON.stringify(withSecrets(message, this.#parts.secrets)))) return;
    if (++this.#unsent > unsentMax) this.#end();
  }

  #refuse(code: RefusalCode, message: string): void {
    if (this.#state === 'closed') return;
    this.#connection.send(JSON.stringify({ type: 'refusal', code, message } satisfies FromMaster));
    this.#end();
  }

  /** Asked after each wait: the state may have changed meanwhile, which the compiler does not see. */
  #closed(): boolean {
    return this.#state === 'closed';
  }

  #end(): void {
    if (this.#state === 'closed') return;
    const wasOpen = this.#state === 'open';
    this.#state = 'closed';
    this.#helloTimer.cancel();
    this.#journals.close();
    this.#connection.close();
    if (wasOpen) this.#notice((store) => store.gone(this.#name));
    this.#parts.desk.ended(this);
  }
}
