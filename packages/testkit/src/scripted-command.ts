import type { Clock, Timer } from '@millrace/kernel/clock';
import type {
  Command,
  CommandEvents,
  CommandStart,
  OutputStream,
  TreeSignal,
} from '@millrace/worker/platform';

/** One thing that a scripted command does. A script that comes to its end exits with 0. */
export type Act =
  | { readonly do: 'print'; readonly bytes: string | Uint8Array; readonly to?: 'stdout' | 'stderr' }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'exit'; readonly code: number }
  | { readonly do: 'die'; readonly signal: string }
  /** From here on SIGTERM does nothing. */
  | { readonly do: 'ignore-sigterm' }
  /** A child that lives on for so long after the command, with or without its output open. */
  | { readonly do: 'leave-child'; readonly ms: number; readonly holdsOutput: boolean };

type Ending = { readonly exitCode: number | null; readonly signal: string | null };

/**
 * A command under a virtual clock, as a real one behaves: it blocks at a print while its reader is paused,
 * dies of SIGPIPE when it prints to nobody, and its output ends when the last child that holds it has gone.
 */
export class ScriptedCommand implements Command {
  readonly start: CommandStart;
  readonly #clock: Clock;
  readonly #acts: readonly Act[];
  #events: CommandEvents | undefined;
  readonly #children = new Map<Timer, { readonly holdsOutput: boolean }>();
  #index = 0;
  #timer: Timer | undefined;
  #paused = false;
  #blocked = false;
  #ignoresSigterm = false;
  #ended = false;
  #exitTold = false;
  #outputAbandoned = false;
  #outputEnded = false;

  constructor(clock: Clock, start: CommandStart, acts: readonly Act[], events: CommandEvents) {
    this.#clock = clock;
    this.start = start;
    this.#acts = acts;
    this.#events = events;
    this.#timer = clock.after(0, () => this.#run());
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    if (this.#blocked) {
      this.#blocked = false;
      this.#timer = this.#clock.after(0, () => this.#run());
    }
    this.#endOutputLater();
  }

  signalTree(signal: TreeSignal): void {
    for (const timer of this.#children.keys()) timer.cancel();
    this.#children.clear();
    if (!this.#ended && (signal === 'SIGKILL' || !this.#ignoresSigterm))
      this.#end({ exitCode: null, signal });
    else this.#endOutputLater();
  }

  treeAlive(): boolean {
    return !this.#ended || this.#children.size > 0;
  }

  abandonOutput(): void {
    this.#outputAbandoned = true;
  }

  /** The process that read the output is dead. */
  loseReader(): void {
    this.#events = undefined;
    this.#outputAbandoned = true;
    this.resume();
  }

  #run(): void {
    while (!this.#ended) {
      const act = this.#acts[this.#index];
      if (act?.do === 'print' && this.#paused) {
        this.#blocked = true;
        return;
      }
      this.#index += 1;
      if (act?.do === 'wait') {
        this.#timer = this.#clock.after(act.ms, () => this.#run());
        return;
      }
      this.#perform(act ?? { do: 'exit', code: 0 });
    }
  }

  #perform(act: Exclude<Act, { do: 'wait' }>): void {
    switch (act.do) {
      case 'print':
        this.#print(act.bytes, act.to ?? 'stdout');
        return;
      case 'exit':
        this.#end({ exitCode: act.code, signal: null });
        return;
      case 'die':
        this.#end({ exitCode: null, signal: act.signal });
        return;
      case 'ignore-sigterm':
        this.#ignoresSigterm = true;
        return;
      case 'leave-child':
        this.#leaveChild(act.ms, act.holdsOutput);
    }
  }

  #print(text: string | Uint8Array, to: 'stdout' | 'stderr'): void {
    if (this.#outputAbandoned) {
      this.#end({ exitCode: null, signal: 'SIGPIPE' });
      return;
    }
    const stream: OutputStream = this.start.separateStreams ? to : 'combined';
    this.#events?.onOutput(stream, typeof text === 'string' ? Buffer.from(text) : text);
  }

  #leaveChild(ms: number, holdsOutput: boolean): void {
    const timer = this.#clock.after(ms, () => {
      this.#children.delete(timer);
      this.#endOutputLater();
    });
    this.#children.set(timer, { holdsOutput });
  }

  #end(ending: Ending): void {
    this.#ended = true;
    this.#timer?.cancel();
    this.#timer = this.#clock.after(0, () => {
      this.#exitTold = true;
      this.#events?.onExit(ending);
      this.#endOutputLater();
    });
  }

  /** The end of output comes by itself: after the last holder has gone, and not while nobody reads. */
  #endOutputLater(): void {
    this.#clock.after(0, () => {
      const held = [...this.#children.values()].some((child) => child.holdsOutput);
      if (!this.#exitTold || held || this.#paused || this.#outputAbandoned || this.#outputEnded) return;
      this.#outputEnded = true;
      this.#events?.onOutputEnd();
    });
  }
}
