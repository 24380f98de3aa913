import { SeededRandom } from '../seeded-random.ts';
import type { Act } from '../scripted-command.ts';
import type { Scenario } from './scenario.ts';

/** What the command of one step of one build does, and therefore what its logs must say. */
export interface CommandScript {
  readonly acts: readonly Act[];
  readonly exitCode: number;
  /** What it says in its first line, as `value VALUE`. */
  readonly value: string;
  /** Everything printed, by stream and together, in order. */
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly combined: Uint8Array;
}

/** Follows from the seed, the build, the step and the try alone, so that the checker can say what must be there. */
export function commandOf(scenario: Scenario, build: number, step: number, attempt: number): CommandScript {
  const random = new SeededRandom(scenario.seed * 1_000_003 + build * 101 + step + attempt * 100_003);
  const value = `${build}.${step}.${attempt}`;
  const first = Buffer.from(`value ${value}\n`);
  const acts: Act[] = [{ do: 'print', bytes: first, to: 'stdout' }];
  const printed = {
    stdout: [first] as Uint8Array[],
    stderr: [] as Uint8Array[],
    combined: [first] as Uint8Array[],
  };
  const pieces = random.between(1, 12);
  for (let piece = 0; piece < pieces; piece++) {
    const bytes = outputPiece(random, build, step, piece);
    const to = random.fraction() < 0.2 ? 'stderr' : 'stdout';
    acts.push({ do: 'print', bytes, to });
    printed[to].push(bytes);
    printed.combined.push(bytes);
    if (random.fraction() < 0.7) acts.push({ do: 'wait', ms: pauseMs(random) });
  }
  if (random.fraction() < 0.08)
    acts.push({ do: 'leave-child', ms: 60_000, holdsOutput: random.fraction() < 0.5 });
  const exitCode = random.fraction() < 0.12 ? random.between(1, 3) : 0;
  acts.push({ do: 'exit', code: exitCode });
  return {
    acts,
    value,
    exitCode,
    stdout: Buffer.concat(printed.stdout),
    stderr: Buffer.concat(printed.stderr),
    combined: Buffer.concat(printed.combined),
  };
}

function pauseMs(random: SeededRandom): number {
  return random.fraction() < 0.1 ? random.between(3_000, 12_000) : random.between(0, 900);
}

/** Lines, pieces of lines, bytes that are no text, and now and then more than a chunk holds. */
function outputPiece(random: SeededRandom, build: number, step: number, piece: number): Uint8Array {
  const kind = random.fraction();
  if (kind < 0.15) return Buffer.from(`half a line of ${build}/${step}/${piece} …`);
  if (kind < 0.2) return random.bytes(random.between(1, 300));
  if (kind < 0.23) return Buffer.alloc(random.between(100_000, 300_000), `${build} wide `);
  const lines = Array.from(
    { length: random.between(1, 30) },
    (_, line) => `${build}/${step}/${piece}/${line}\r\n`,
  );
  return Buffer.from(lines.join(''));
}
