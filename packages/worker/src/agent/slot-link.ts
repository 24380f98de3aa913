import type { Clock } from '@millrace/kernel/clock';
import { sleep } from '@millrace/kernel/clock';
import { backoffMs } from '@millrace/kernel/backoff';
import { codeOf } from '@millrace/kernel/errors';
import type { Random } from '@millrace/kernel/random';
import type { Holding } from '@millrace/protocol/agent/messages';
import type { Connect, Connection } from '../connection.ts';
import type { FromSlot, ToSlot } from '../slot/link.ts';
import { readFromSlot } from './from-slot.ts';

/**
 * - `seeking`: not known yet; it may well run a build.
 * - `absent`: there is no process. What it ran has ended.
 * - `live`: it has said what it runs.
 */
export type SlotState =
  | { readonly kind: 'seeking' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'live'; readonly build: Holding | null };

export interface SlotLinkParts {
  readonly slot: number;
  /** @throws MillraceError `nobody-listens` when there is certainly no process; anything else is a doubt. */
  readonly connect: Connect;
  readonly clock: Clock;
  readonly random: Random;
  /** The state has changed, or was said again. */
  readonly onState: (link: SlotLink) => void;
  readonly onMessage: (link: SlotLink, message: Exclude<FromSlot, { type: 'slot-state' }>) => void;
}

const lookAgain = { firstMs: 50, mostMs: 1_000 };

/** The agent's line to one slot, made again for as long as the agent lives. */
export class SlotLink {
  readonly slot: number;
  readonly #parts: SlotLinkParts;
  #state: SlotState = { kind: 'seeking' };
  #connection: Connection | undefined;
  #times = 0;

  constructor(parts: SlotLinkParts) {
    this.slot = parts.slot;
    this.#parts = parts;
  }

  get state(): SlotState {
    return this.#state;
  }

  /** One more with each connection: what was said on an earlier one may have been lost. */
  get times(): number {
    return this.#times;
  }

  /** What it runs, as far as is known. */
  get build(): Holding | null {
    return this.#state.kind === 'live' ? this.#state.build : null;
  }

  runs({ build, fence }: Holding): boolean {
    return this.build?.build === build && this.build.fence === fence;
  }

  say(message: ToSlot): void {
    this.#connection?.send(JSON.stringify(message));
  }

  /** Keeps the line until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#parts;
    let failures = 0;
    while (!signal.aborted) {
      if (await this.#connected(signal)) failures = 0;
      else await sleep(clock, backoffMs(lookAgain, ++failures, random), signal);
    }
  }

  /** One connection from its beginning to its end; false when there was none. */
  async #connected(signal: AbortSignal): Promise<boolean> {
    let closed: () => void = () => undefined;
    const over = new Promise<void>((resolve) => {
      closed = resolve;
    });
    let open = true;
    try {
      const connection = await this.#parts.connect(
        {
          onMessage: (line) => {
            if (open) this.#onLine(line);
          },
          onDrain: () => undefined,
          onClose: () => {
            open = false;
            closed();
          },
        },
        signal,
      );
      this.#times++;
      this.#connection = connection;
    } catch (error) {
      open = false;
      if (signal.aborted) return false;
      this.#set({ kind: codeOf(error) === 'nobody-listens' ? 'absent' : 'seeking' });
      return false;
    }
    // What the slot said may have come before the connection could be used to answer it.
    if (this.#state.kind === 'live') this.#parts.onState(this);
    signal.addEventListener('abort', closed, { once: true });
    await over;
    signal.removeEventListener('abort', closed);
    open = false;
    this.#connection.close();
    this.#connection = undefined;
    if (!signal.aborted) this.#set({ kind: 'seeking' });
    return true;
  }

  #onLine(line: string | Uint8Array): void {
    const message = readFromSlot(line);
    if (message === undefined) return;
    if (message.type === 'slot-state') this.#set({ kind: 'live', build: message.build });
    else this.#parts.onMessage(this, message);
  }

  #set(state: SlotState): void {
    // A slot that is still not there is no news; what a live one says again may be an answer.
    if (state.kind !== 'live' && state.kind === this.#state.kind) return;
    this.#state = state;
    this.#parts.onState(this);
  }
}
