import { backoffMs } from '@millrace/kernel/backoff';
import type { Clock, Timer } from '@millrace/kernel/clock';
import { every, sleep } from '@millrace/kernel/clock';
import { messageOf } from '@millrace/kernel/errors';
import type { Random } from '@millrace/kernel/random';
import { readFromMaster } from '@millrace/protocol/agent/message-schema';
import type { FromAgent, FromMaster } from '@millrace/protocol/agent/messages';
import type { Connect, Connection } from '../connection.ts';

export type Welcome = Extract<FromMaster, { type: 'welcome' }>;

export interface MasterLinkParts {
  readonly connect: Connect;
  readonly clock: Clock;
  readonly random: Random;
  /** What to say at the beginning of a connection. */
  readonly hello: () => FromAgent;
  readonly onWelcome: (welcome: Welcome) => void;
  readonly onMessage: (
    message: Exclude<FromMaster, { type: 'welcome' | 'refusal' | 'heard' | 'note' }>,
  ) => void;
  /** A master heard of this worker when this was sent (the clock's monotonic time). */
  readonly onHeard: (sentAtMs: number) => void;
  readonly onDrain: () => void;
  /** A welcomed connection is over. */
  readonly onDown: () => void;
  /** For people: connected, refused, gone. */
  readonly log: (text: string) => void;
}

const firstPauseMs = 250;
const pauseMsMax = 10_000;
/** Before any master has said how long it waits for a silent worker, as after a start of this process. */
const unknownPauseMs = 2_000;
/** How long a connection may take to open, and then a hello to be answered: it may wait behind many records. */
const openMsMax = 10_000;
const welcomeMs = 30_000;
/** Heartbeats whose answer is still of interest. */
const unansweredMax = 100;

/**
 * The agent's line to its master: made, greeted, watched by heartbeats, and made again. A line on which
 * nothing has come for three heartbeats is given up, because a cut cable says nothing.
 */
export class MasterLink {
  readonly #parts: MasterLinkParts;
  #connection: Connection | undefined;
  #welcomed = false;
  #lostAfterMs: number | undefined;
  #said = '';

  constructor(parts: MasterLinkParts) {
    this.#parts = parts;
  }

  /** Whether a master has welcomed this agent and the line stands. */
  get up(): boolean {
    return this.#welcomed;
  }

  /** False when the line is full or there is none: `onDrain` or the next welcome tells when to go on. */
  send(message: FromAgent | Uint8Array): boolean {
    if (!this.#welcomed || this.#connection === undefined) return false;
    return this.#connection.send(message instanceof Uint8Array ? message : JSON.stringify(message));
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#parts;
    let failures = 0;
    while (!signal.aborted) {
      const outcome = await this.#once(signal);
      if (signal.aborted) return;
      failures = outcome.welcomed ? 1 : failures + 1;
      this.#tell(outcome.why);
      // Who is refused for its name or token is refused again: no need to hurry.
      const mostMs = this.#pauseMostMs();
      const pauseMs = backoffMs({ firstMs: Math.min(firstPauseMs, mostMs), mostMs }, failures, random);
      await sleep(clock, outcome.lasting ? pauseMsMax : pauseMs, signal);
    }
  }

  /**
   * The longest pause between two tries. A master that comes back waits `lostAfterMs` for its workers before it
   * calls them lost: several tries have to fit into that.
   */
  #pauseMostMs(): number {
    if (this.#lostAfterMs === undefined) return unknownPauseMs;
    return Math.min(pauseMsMax, this.#lostAfterMs / 4);
  }

  /** Packets that vanish are not answered: the next try may go through. */
  #openMs(): number {
    if (this.#lostAfterMs === undefined) return openMsMax;
    return Math.min(openMsMax, Math.max(1_000, this.#lostAfterMs / 3));
  }

  /** One connection from its beginning to its end. */
  async #once(signal: AbortSignal): Promise<{ welcomed: boolean; lasting: boolean; why: string }> {
    const session = new Session(this.#parts);
    const opening = new AbortController();
    const stop = (): void => {
      opening.abort();
      session.close('The agent stops.');
    };
    signal.addEventListener('abort', stop, { once: true });
    const openMs = this.#openMs();
    const timer = this.#parts.clock.after(openMs, () => opening.abort());
    try {
      const connection = await this.#parts.connect(session, opening.signal);
      timer.cancel();
      this.#connection = connection;
      session.begin(connection, (welcome) => {
        this.#welcomed = true;
        this.#lostAfterMs = welcome.lostAfterMs;
        this.#tell(`Connected to the master "${welcome.master}".`);
        for (const note of welcome.notes ?? []) this.#parts.log(note);
      });
      return await session.over;
    } catch (error) {
      const late = opening.signal.aborted && !signal.aborted;
      const why = late ? `it did not answer within ${openMs / 1000} s` : messageOf(error);
      return { welcomed: false, lasting: false, why: `The master is not to be reached: ${why}` };
    } finally {
      timer.cancel();
      signal.removeEventListener('abort', stop);
      session.close('');
      const wasUp = this.#welcomed;
      this.#welcomed = false;
      this.#connection = undefined;
      if (wasUp) this.#parts.onDown();
    }
  }

  /** The same thing is not said with every try. */
  #tell(text: string): void {
    if (text !== this.#said) this.#parts.log(text);
    this.#said = text;
  }
}

interface Outcome {
  readonly welcomed: boolean;
  /** Trying again at once would bring the same. */
  readonly lasting: boolean;
  readonly why: string;
}

/** One connection. */
class Session {
  readonly over: Promise<Outcome>;
  readonly #parts: MasterLinkParts;
  readonly #sentAt = new Map<number, number>();
  #resolve: (outcome: Outcome) => void = () => undefined;
  #connection: Connection | undefined;
  #onWelcome: (welcome: Welcome) => void = () => undefined;
  #open = true;
  #welcomed = false;
  #helloAt = 0;
  #heardAt = 0;
  #number = 0;
  #timer: Timer | undefined;

  constructor(parts: MasterLinkParts) {
    this.#parts = parts;
    this.over = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  begin(connection: Connection, onWelcome: (welcome: Welcome) => void): void {
    this.#connection = connection;
    this.#onWelcome = onWelcome;
    if (!this.#open) {
      connection.close();
      return;
    }
    const { clock, hello } = this.#parts;
    this.#helloAt = clock.monotonicMs();
    connection.send(JSON.stringify(hello()));
    this.#timer = clock.after(welcomeMs, () =>
      this.close(`The master did not answer the hello within ${welcomeMs / 1000} s.`),
    );
  }

  onMessage(text: string | Uint8Array): void {
    if (!this.#open) return;
    this.#heardAt = this.#parts.clock.monotonicMs();
    let message: FromMaster;
    try {
      if (typeof text !== 'string') throw new Error('it sent bytes, which only agents do');
      message = readFromMaster(text);
    } catch (error) {
      this.close(`The master is not understood: ${messageOf(error)}`);
      return;
    }
    this.#on(message);
  }

  onDrain(): void {
    if (this.#open) this.#parts.onDrain();
  }

  onClose(why: string): void {
    this.close(`The connection to the master is gone: ${why}`);
  }

  close(why: string, lasting = false): void {
    if (!this.#open) return;
    this.#open = false;
    this.#timer?.cancel();
    this.#connection?.close();
    this.#resolve({ welcomed: this.#welcomed, lasting, why });
  }

  #on(message: FromMaster): void {
    if (message.type === 'welcome') this.#greeted(message);
    else if (message.type === 'refusal') {
      const soon = message.code === 'shutting-down' || message.code === 'store-trouble';
      this.close(`The master refuses: ${message.message}`, !soon);
    } else if (message.type === 'heard') this.#answered(message.number);
    else if (message.type === 'note') this.#parts.log(`The master says: ${message.message}`);
    // Orders before the welcome have no place: it is the welcome that says what they build upon.
    else if (this.#welcomed) this.#parts.onMessage(message);
  }

  #greeted(welcome: Welcome): void {
    if (this.#welcomed) return;
    this.#welcomed = true;
    this.#beat(welcome.heartbeatMs);
    this.#onWelcome(welcome);
    this.#parts.onHeard(this.#helloAt);
    this.#parts.onWelcome(welcome);
  }

  #answered(number: number): void {
    const sentAt = this.#sentAt.get(number);
    if (sentAt === undefined) return;
    for (const earlier of this.#sentAt.keys()) if (earlier <= number) this.#sentAt.delete(earlier);
    this.#parts.onHeard(sentAt);
  }

  #beat(heartbeatMs: number): void {
    const { clock } = this.#parts;
    this.#timer?.cancel();
    this.#timer = every(clock, heartbeatMs, () => {
      const now = clock.monotonicMs();
      if (now - this.#heardAt > 3 * heartbeatMs) {
        this.close(`Nothing was heard of the master for ${Math.round(now - this.#heardAt)} ms.`);
        return;
      }
      this.#sentAt.set(++this.#number, now);
      this.#sentAt.delete(this.#number - unansweredMax);
      this.#connection?.send(JSON.stringify({ type: 'heartbeat', number: this.#number } satisfies FromAgent));
    });
  }
}
