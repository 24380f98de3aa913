import { assert } from '@millrace/kernel/assert';
import { compilePattern } from '@millrace/protocol/pattern';
import type { Pattern, PlannedPattern } from '@millrace/protocol/pattern';
import type { PlannedCapture, PlannedSh } from '@millrace/protocol/plan';
import { propertyBounds } from '@millrace/protocol/property';
import { LineScanner } from './line-scanner.ts';
import type { StepLog } from './step.ts';

/** What a command's output came to, besides its logs. */
export type Captured =
  | { readonly kind: 'captured'; readonly property: string; readonly value: string }
  /** A sentence that says why there is no value. */
  | { readonly kind: 'missing'; readonly message: string };

type Watched = Pick<PlannedSh, 'warnings' | 'captures'>;

/**
 * Looks at a command's output as it comes: counts the lines that are warnings, and keeps what becomes a property.
 * Nothing of the output itself is changed.
 */
export class OutputWatch {
  readonly #captures: readonly PlannedCapture[];
  readonly #warnings: readonly Pattern[];
  readonly #wanted: ReadonlyMap<PlannedCapture, Pattern>;
  readonly #found = new Map<PlannedCapture, string>();
  readonly #scanners: LineScanner[] = [];
  readonly #whole: Buffer[] = [];
  #wholeBytes = 0;
  /** Lines that were like one of the warning patterns. */
  warnings = 0;

  constructor({ warnings, captures = [] }: Watched) {
    this.#captures = captures;
    this.#warnings = (warnings?.patterns ?? []).map(compiled);
    this.#wanted = new Map(
      captures.flatMap((one) => (one.pattern === undefined ? [] : [[one, compiled(one.pattern)] as const])),
    );
  }

  /** The log, with what is written to it looked at. `whole`: it is what a capture without a pattern takes. */
  tap(log: StepLog, whole: boolean): StepLog {
    const looks = this.#warnings.length > 0 || this.#wanted.size > 0;
    const keeps = whole && this.#captures.some(({ pattern }) => pattern === undefined);
    if (!looks && !keeps) return log;
    const scanner = looks ? this.#scanner() : undefined;
    return {
      write: (bytes) => {
        log.write(bytes);
        scanner?.write(bytes);
        if (keeps) this.#keep(bytes);
      },
    };
  }

  /** No more output comes. */
  end(): void {
    for (const scanner of this.#scanners) scanner.end();
  }

  /** One for each capture of the plan. */
  captured(): readonly Captured[] {
    return this.#captures.map((capture) =>
      capture.pattern === undefined
        ? this.#wholeOf(capture.property)
        : this.#firstOf(capture, capture.pattern),
    );
  }

  #scanner(): LineScanner {
    const scanner = new LineScanner((line) => {
      if (this.#warnings.some((pattern) => pattern.test(line))) this.warnings += 1;
      for (const [capture, pattern] of this.#wanted) {
        if (this.#found.has(capture)) continue;
        const value = pattern.capture(line);
        if (value !== undefined) this.#found.set(capture, value);
      }
    });
    this.#scanners.push(scanner);
    return scanner;
  }

  /** A byte more than is allowed is enough to know that it is too much. */
  #keep(bytes: Uint8Array): void {
    const room = wholeBytesMax + 1 - this.#wholeBytes;
    if (room <= 0) return;
    const part = Buffer.from(bytes.subarray(0, room));
    this.#whole.push(part);
    this.#wholeBytes += part.length;
  }

  #wholeOf(property: string): Captured {
    const text = Buffer.concat(this.#whole).toString().trim();
    if (this.#wholeBytes > wholeBytesMax || Buffer.byteLength(text) > propertyBounds.valueBytes)
      return missing(
        property,
        `the output has more than ${propertyBounds.valueBytes} bytes. A pattern takes a part of it`,
      );
    return valueOf(property, text);
  }

  #firstOf(capture: PlannedCapture, pattern: PlannedPattern): Captured {
    const value = this.#found.get(capture);
    return value === undefined
      ? missing(capture.property, `no line of the output is like /${pattern.source}/`)
      : valueOf(capture.property, value);
  }
}

/** White space around the value may come to as much again. */
const wholeBytesMax = 2 * propertyBounds.valueBytes;

function valueOf(property: string, value: string): Captured {
  // Neither an argument nor the environment can carry one.
  return value.includes('\0')
    ? missing(property, 'the output has a NUL character')
    : { kind: 'captured', property, value };
}

function missing(property: string, why: string): Captured {
  return { kind: 'missing', message: `The property "${property}" is not set: ${why}.` };
}

function compiled(planned: PlannedPattern): Pattern {
  const made = compilePattern(planned);
  assert(made.kind === 'compiled', 'a plan has been checked for patterns that cannot be compiled');
  return made.pattern;
}
