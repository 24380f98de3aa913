import { sleep } from '@millrace/kernel/clock';
import type { Clock } from '@millrace/kernel/clock';
import type { TokenHash } from '../config/access-config.ts';
import type { Config, CurrentConfig } from '../config/config.ts';
import { expiryText } from '../config/expiry.ts';

/** So long before its end a token is told of, once a day. */
const expirySoonMs = 14 * 24 * 3_600_000;
const lookEveryMs = 3_600_000;
const tellEveryMs = 24 * 3_600_000;

/** Tells whoever runs the master of tokens that end soon and have no successor. */
export class TokenWatch {
  readonly #config: CurrentConfig;
  readonly #clock: Clock;
  readonly #log: (line: string) => void;
  #told = new Map<string, number>();

  constructor(parts: {
    readonly config: CurrentConfig;
    readonly clock: Clock;
    readonly log: (line: string) => void;
  }) {
    this.#config = parts.config;
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#look();
      await sleep(this.#clock, lookEveryMs, signal);
    }
  }

  #look(): void {
    const now = this.#clock.now();
    const ending = new Map<string, number>();
    for (const { line } of endingTokens(this.#config.get(), now)) {
      const toldAt = this.#told.get(line);
      const isDue = toldAt === undefined || now - toldAt >= tellEveryMs;
      if (isDue) this.#log(line);
      ending.set(line, isDue ? now : toldAt);
    }
    this.#told = ending;
  }
}

/** The tokens of which no hash is valid for much longer, or any more, as lines. @param now milliseconds since 1970 */
function endingTokens(config: Config, now: number): readonly { readonly line: string }[] {
  const holders = [
    ...config.tokens.map(({ name, hashes }) => ({ who: `the token "${name}"`, hashes })),
    ...config.workers.map(({ name, tokenHashes }) => ({
      who: `the token of the worker "${name}"`,
      hashes: tokenHashes,
    })),
  ];
  return holders.flatMap(({ who, hashes }) => {
    const end = lastEnd(hashes);
    if (end === null || end - now > expirySoonMs) return [];
    const verb = end > now ? 'expires' : 'expired';
    return [
      { line: `${who} ${verb} on ${expiryText(end)}: make another with "millrace token" and add its hash.` },
    ];
  });
}

/** When the last of them ends; null: one does not, or there is none. */
function lastEnd(hashes: readonly TokenHash[]): number | null {
  const ends = hashes.map(({ expiresAt }) => expiresAt);
  const dated = ends.filter((end) => end !== null);
  return dated.length === 0 || dated.length < ends.length ? null : Math.max(...dated);
}
