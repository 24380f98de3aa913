import type { Command } from 'commander';
import type { Clock } from '@millrace/kernel/clock';
import type { ClientSystem, Output } from '../src/client/client-context.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly bytes: Buffer;
  readonly stderr: string;
}

export interface RunOptions {
  readonly url?: string;
  readonly token?: string;
  readonly terminal?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** A system whose output is kept. */
export function testSystem(options: RunOptions = {}): {
  readonly system: ClientSystem;
  readonly ran: () => Ran;
} {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  let code = -1;
  const ended = (given: number): void => {
    code = given;
  };
  const system: ClientSystem = {
    env: {
      ...(options.url === undefined ? {} : { MILLRACE_URL: options.url }),
      ...(options.token === undefined ? {} : { MILLRACE_TOKEN: options.token }),
      ...options.env,
    },
    stdout: outputTo(out, options.terminal === true),
    stderr: outputTo(err, options.terminal === true),
    fetch: globalThis.fetch,
    clock: hastyClock(),
    random: { fraction: () => 0.5, bytes: (length) => new Uint8Array(length).fill(7) },
    exitWith: ended,
    exitNow: ended,
  };
  const ran = (): Ran => {
    const bytes = Buffer.concat(out);
    return { code, bytes, stdout: bytes.toString(), stderr: Buffer.concat(err).toString() };
  };
  return { system, ran };
}

/** Runs a command of the client in this process, to its end. */
export async function runCommand(
  make: (system: ClientSystem) => Command,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Ran> {
  const { system, ran } = testSystem(options);
  await make(system)
    .parseAsync([...args], { from: 'user' })
    .catch((error: unknown) => {
      if (ran().code < 0) throw error;
    });
  return ran();
}

function outputTo(chunks: Buffer[], isTerminal: boolean): Output {
  return {
    isTerminal,
    columns: 120,
    write: (chunk) => {
      chunks.push(Buffer.from(chunk));
      return Promise.resolve();
    },
  };
}

/** Waits between tries pass at once, and count; limits of more than five seconds never come. */
function hastyClock(): Clock {
  let passedMs = 0;
  return {
    now: () => Date.UTC(2026, 0, 2, 12),
    monotonicMs: () => passedMs,
    after(ms, act) {
      if (ms > 5_000) return { cancel: () => undefined };
      const handle = setImmediate(() => {
        passedMs += ms;
        act();
      });
      return { cancel: () => clearImmediate(handle) };
    },
  };
}
