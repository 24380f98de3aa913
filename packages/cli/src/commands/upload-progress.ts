import type { Clock } from '@millrace/kernel/clock';
import type { Progress } from '@millrace/poster';
import type { Output } from '../client/client-context.ts';
import { duration } from '../client/duration.ts';
import { roundedSize } from '../client/human-size.ts';
import { headline } from '../client/printable.ts';

const barIntervalMs = 100;
const lineIntervalMs = 5_000;
const barColumns = 24;

/** How far an upload is: a bar on a terminal; elsewhere a line every few seconds, so that a log says it too. */
export class UploadProgress {
  readonly #output: Output;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #bar: boolean;
  #toldMs: number;
  #drawn = false;
  #whole = false;

  /** @param options.bar Whether the output can go back to the beginning of its line. */
  constructor(output: Output, clock: Pick<Clock, 'monotonicMs'>, options: { readonly bar: boolean }) {
    this.#output = output;
    this.#clock = clock;
    this.#bar = options.bar;
    this.#toldMs = this.#bar ? Number.NEGATIVE_INFINITY : clock.monotonicMs();
  }

  /** Tells a step, unless another was told a moment ago. The last step of a bar is always told. */
  show(step: Progress): void {
    const nowMs = this.#clock.monotonicMs();
    const becameWhole = isWhole(step) && !this.#whole;
    this.#whole = isWhole(step);
    const due = nowMs - this.#toldMs >= (this.#bar ? barIntervalMs : lineIntervalMs);
    if (!due && !(this.#bar && becameWhole)) return;
    this.#toldMs = nowMs;
    this.#drawn = this.#bar;
    const line = this.#bar
      ? `\r${barText(step, this.#output.columns - 1)}\u001b[K`
      : `millrace: ${stepText(step).trimStart()}\n`;
    this.#write(line);
  }

  /** Leaves the line empty for what comes after. */
  clear(): void {
    if (!this.#drawn) return;
    this.#drawn = false;
    this.#write('\r\u001b[K');
  }

  /** Whoever read standard error may have left: the upload goes on without telling. */
  #write(text: string): void {
    this.#output.write(text).catch(() => undefined);
  }
}

/** `[######      ]  25%, 256M of 1.0G, 480M/s, 2 s left: build.tar.gz`, in at most so many columns. */
export function barText(step: Progress, columns: number): string {
  const { sentBytes, totalBytes } = step;
  const share = totalBytes === undefined || totalBytes === 0 ? 0 : Math.min(sentBytes / totalBytes, 1);
  const filled = Math.round(share * barColumns);
  return headline(`[${'#'.repeat(filled)}${' '.repeat(barColumns - filled)}] ${stepText(step)}`, columns);
}

/** ` 25%, 256M of 1.0G, 480M/s, 2 s left: build.tar.gz`; what is not known yet is left out. */
function stepText(step: Progress): string {
  const { sentBytes, totalBytes, bytesPerSecond, secondsLeft, part } = step;
  const total = totalBytes === undefined ? '' : ` of ${roundedSize(totalBytes)}`;
  const told = [`${percent(step)}${roundedSize(sentBytes)}${total}`];
  if (bytesPerSecond > 0) told.push(`${roundedSize(bytesPerSecond)}/s`);
  if (isWhole(step)) return `${told.join(', ')}: waiting for the answer`;
  if (secondsLeft !== undefined) told.push(`${duration(Math.ceil(secondsLeft) * 1000)} left`);
  const name = part?.fileName ?? part?.name;
  return headline(`${told.join(', ')}${name === undefined ? '' : `: ${name}`}`, 200);
}

/** Rounded down: all of it is 100%, and nothing less. */
function percent({ sentBytes, totalBytes }: Progress): string {
  if (totalBytes === undefined || totalBytes === 0) return '';
  return `${Math.floor((sentBytes / totalBytes) * 100)}%, `.padStart(6);
}

function isWhole({ sentBytes, totalBytes }: Progress): boolean {
  return sentBytes === totalBytes;
}
