import type { Clock } from '@millrace/kernel/clock';
import { MillraceError } from '@millrace/kernel/errors';
import { below } from '@millrace/kernel/random';
import type { Random } from '@millrace/kernel/random';
import type { Connect, Connection, ConnectionEvents } from '@millrace/protocol/agent/connection';
import { frameHeadBytes, readFrame } from '@millrace/protocol/agent/frame';
import { frameBytesMax } from '@millrace/protocol/agent/messages';
import type { Mortal } from './mortal.ts';
import type { Trace } from './trace.ts';

/** Takes a new connection in: given the server's end, answers who is to be told of it. */
export type Accept = (connection: Connection) => ConnectionEvents;

/** How many bytes may be on their way before a sender is told to wait. */
const underWayBytesMax = 256 * 1024;

/** What a doubtful line does to messages. */
const lostInHundred = 6;
const doubledInHundred = 40;
const doubleWithinMs = 400;

/**
 * Lines between processes, as TCP gives them: in order, once, or not at all because the line broke. What a
 * broken line had on its way may still arrive, after the other side has long opened the next one.
 */
export class Network {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #servers = new Map<string, { readonly owner: Mortal; readonly accept: Accept }>();
  readonly #lines = new Set<Line>();
  readonly #trace: Trace;

  constructor(clock: Clock, random: Random, trace: Trace) {
    this.#clock = clock;
    this.#random = random;
    this.#trace = trace;
  }

  listen(address: string, owner: Mortal, accept: Accept): void {
    this.#servers.set(address, { owner, accept });
    owner.onDeath(() => this.unlisten(address, owner));
  }

  /** Takes no new connections; those that stand go on. */
  unlisten(address: string, owner: Mortal): void {
    if (this.#servers.get(address)?.owner === owner) this.#servers.delete(address);
  }

  /** A way for `owner` to reach `address`. */
  connector(owner: Mortal, address: string): Connect {
    return (events, signal) =>
      new Promise((resolve, reject) => {
        this.#clock.after(1 + below(this.#random, 5), () => {
          if (!owner.alive || signal.aborted) return;
          const server = this.#servers.get(address);
          if (!server) {
            reject(new MillraceError('nobody-listens', `Nobody listens at ${address}.`));
            return;
          }
          const line = new Line(this.#clock, this.#random, this.#trace, owner, server.owner, address);
          this.#lines.add(line);
          line.onGone = () => this.#lines.delete(line);
          line.client.events = events;
          line.server.events = server.accept(line.server);
          resolve(line.client);
        });
      });
  }

  /** Breaks the open lines for which `which` holds. Each side notices in its own time. */
  reset(which: (client: string, address: string) => boolean): number {
    const broken = this.#matching(which);
    for (const line of broken) line.break(2_000);
    return broken.length;
  }

  /** From now on these lines lose messages, and deliver some twice, the second time late. */
  doubt(which: (client: string, address: string) => boolean): number {
    const doubtful = this.#matching(which);
    for (const line of doubtful) line.doubt();
    return doubtful.length;
  }

  /** From now on these lines swallow everything, and nobody is told. */
  swallow(which: (client: string, address: string) => boolean): number {
    const silent = this.#matching(which);
    for (const line of silent) line.swallow();
    return silent.length;
  }

  #matching(which: (client: string, address: string) => boolean): Line[] {
    return [...this.#lines].filter((line) => which(line.clientName, line.address));
  }
}

class Line {
  readonly client: End;
  readonly server: End;
  readonly clientName: string;
  readonly address: string;
  onGone: () => void = () => undefined;
  #ended = 0;

  constructor(clock: Clock, random: Random, trace: Trace, client: Mortal, server: Mortal, address: string) {
    this.clientName = client.name;
    this.address = address;
    const ended = (): void => {
      this.#ended += 1;
      if (this.#ended === 2) this.onGone();
    };
    this.client = new End(clock, random, trace, client, ended);
    this.server = new End(clock, random, trace, server, ended);
    this.client.peer = this.server;
    this.server.peer = this.client;
    // The kernel of a dead process closes its lines; what it had sent still arrives.
    client.onDeath(() => this.client.close());
    server.onDeath(() => this.server.close());
  }

  break(withinMs: number): void {
    this.client.breakWithin(withinMs);
    this.server.breakWithin(withinMs);
  }

  doubt(): void {
    this.client.doubtful = true;
    this.server.doubtful = true;
  }

  swallow(): void {
    this.client.swallows = true;
    this.server.swallows = true;
  }
}

/** One side of a line: what it sends arrives at its peer. */
class End implements Connection {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #owner: Mortal;
  readonly #onEnded: () => void;
  readonly #trace: Trace;
  peer: End | undefined;
  events: ConnectionEvents | undefined;
  swallows = false;
  doubtful = false;
  /** Closed by its owner: it sends no more, and hears no more once it has been told. */
  #closed = false;
  #told = false;
  #underWayBytes = 0;
  #slow = false;
  #lastArrival = 0;
  /** What arrives then. */
  #arriving: (() => void)[] = [];

  constructor(clock: Clock, random: Random, trace: Trace, owner: Mortal, onEnded: () => void) {
    this.#clock = clock;
    this.#random = random;
    this.#owner = owner;
    this.#onEnded = onEnded;
    this.#trace = trace;
  }

  send(message: string | Uint8Array): boolean {
    if (this.#closed || !this.#owner.alive) return false;
    // The sender may use its buffer again in this world: what is on its way is a copy.
    const sent = typeof message === 'string' ? message : Uint8Array.from(message);
    if (this.doubtful && !isGreeting(sent)) {
      if (below(this.#random, 100) < lostInHundred) return true;
      if (below(this.#random, 100) < doubledInHundred) {
        const double = typeof sent === 'string' ? sent : Uint8Array.from(sent);
        this.#clock.after(below(this.#random, doubleWithinMs), () => this.peer?.hear(double));
      }
    }
    this.#underWayBytes += sent.length;
    this.#arrive(() => {
      this.#underWayBytes -= sent.length;
      this.peer?.hear(sent);
      if (this.#slow && this.#underWayBytes < underWayBytesMax / 2) {
        this.#slow = false;
        if (this.#owner.alive && !this.#told) this.events?.onDrain();
      }
    });
    if (this.#underWayBytes > underWayBytesMax) this.#slow = true;
    return !this.#slow;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#arrive(() => this.peer?.tellClosed('the other side closed the line'));
    this.#clock.after(0, () => this.tellClosed('closed'));
  }

  breakWithin(ms: number): void {
    this.#clock.after(below(this.#random, ms), () => {
      this.#closed = true;
      this.tellClosed('the line was reset');
    });
  }

  hear(message: string | Uint8Array): void {
    if (this.#told || !this.#owner.alive) return;
    this.#trace.say(this.#owner.name, `hears ${summaryOf(message)}`);
    this.events?.onMessage(message);
  }

  tellClosed(why: string): void {
    if (this.#told) return;
    this.#told = true;
    this.#closed = true;
    this.#onEnded();
    if (this.#owner.alive) this.events?.onClose(why);
  }

  /** After all that was sent before; what arrives at one time is read in one turn. */
  #arrive(act: () => void): void {
    if (this.swallows) return;
    const delay = below(this.#random, 20) === 0 ? below(this.#random, 200) : below(this.#random, 4);
    const arrival = Math.max(this.#lastArrival, this.#clock.monotonicMs() + delay);
    if (arrival === this.#lastArrival && this.#arriving.length > 0) {
      this.#arriving.push(act);
      return;
    }
    const arriving = [act];
    this.#arriving = arriving;
    this.#lastArrival = arrival;
    this.#clock.after(arrival - this.#clock.monotonicMs(), () => {
      // What is sent meanwhile comes later.
      for (const one of arriving.splice(0)) if (!this.swallows) one();
    });
  }
}

/** A connection's first words are not doubled: whoever says them twice is not understood. */
function isGreeting(message: string | Uint8Array): boolean {
  return typeof message === 'string' && /"type":"(hello|welcome)"/u.test(message);
}

/** A message in a few words: enough to follow a build through a trace. */
function summaryOf(message: string | Uint8Array): string {
  if (typeof message !== 'string') {
    if (message.length < frameHeadBytes || message.length > frameBytesMax) return `${message.length} bytes`;
    const { build, byte, records } = readFrame(message);
    return `records of build ${build}, bytes ${byte} to ${byte + records.length}`;
  }
  return message.length > 400 ? `${message.slice(0, 400)} …` : message;
}
