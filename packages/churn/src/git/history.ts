import { directoryOf } from '../count/directory.ts';
import { isIn, type Period } from '../period/period.ts';
import { linesOfVersions } from './blob-lines.ts';
import { changeFlags, logFlags } from './diff-flags.ts';
import { revisionsOf, type Range } from './find-ends.ts';
import { gitOutput } from './git-process.ts';
import type { GitView } from './git-view.ts';
import { RawNumstatParser, type FileChange, type Versions } from './raw-numstat.ts';

/** Lines that came and went. `after - before = added - removed + binaryCorrection`, exactly. */
export interface Changes {
  added: number;
  removed: number;
  /** What files that turned from text to binary took with them, negative, and those that turned back brought. */
  binaryCorrection: number;
}

interface DirectoryChanges extends Changes {
  /** First-parent commits that touch it. */
  commits: number;
}

export interface HistoryChanges {
  readonly whole: Changes;
  readonly byDay: ReadonlyMap<number, Changes>;
  readonly byDirectory: ReadonlyMap<string, DirectoryChanges>;
}

/** So many binary versions are collected before their lines are looked up. */
const pendingMax = 512;

/**
 * Counts what each commit on the way from A to B changes against its first parent, with renames found.
 * `onCommit` is called for each commit that changes a file which is not excluded.
 */
export async function historyChanges(
  view: GitView,
  range: Range,
  period: Period,
  exclude: readonly string[],
  directoryDepth: number,
  onCommit: () => void,
): Promise<HistoryChanges> {
  const tally = new HistoryTally(period, directoryDepth, onCommit);
  const parser = new RawNumstatParser(tally);
  const walk = ['--first-parent', '-m', '--full-history', '--format=%x01%ct'];
  const args = [
    'log',
    ...logFlags,
    ...walk,
    ...changeFlags,
    '--end-of-options',
    ...revisionsOf(range),
    '--',
    ...exclude,
  ];
  for await (const chunk of gitOutput(view, args)) {
    parser.push(chunk);
    if (tally.pendingCount >= pendingMax) await correct(view, tally);
  }
  await correct(view, tally);
  return tally;
}

async function correct(view: GitView, tally: HistoryTally): Promise<void> {
  const pending = tally.takePending();
  const lines = await linesOfVersions(
    view,
    pending.map(({ versions }) => versions),
  );
  for (const [index, { day, directory }] of pending.entries()) {
    const { before, after } = lines[index]!;
    if (before !== after) tally.correct(day, directory, after - before);
  }
}

interface PendingVersions {
  readonly versions: Versions;
  readonly day: number;
  readonly directory: string;
}

class HistoryTally implements HistoryChanges {
  readonly whole: Changes = nothing();
  readonly byDay = new Map<number, Changes>();
  readonly byDirectory = new Map<string, DirectoryChanges>();
  readonly #period: Period;
  readonly #directoryDepth: number;
  readonly #onCommit: () => void;
  readonly #touched = new Set<string>();
  #pending: PendingVersions[] = [];
  #day: number;

  constructor(period: Period, directoryDepth: number, onCommit: () => void) {
    this.#period = period;
    this.#directoryDepth = directoryDepth;
    this.#onCommit = onCommit;
    this.#day = period.firstDay + period.days - 1;
  }

  get pendingCount(): number {
    return this.#pending.length;
  }

  takePending(): PendingVersions[] {
    const pending = this.#pending;
    this.#pending = [];
    return pending;
  }

  /**
   * A commit that is dated outside of the period (1970, 2038) stands on the day of the one after it on the
   * branch, which came just before here, so that it does not move the curve elsewhere.
   */
  commit(header: string): void {
    this.#touched.clear();
    const instantMs = Number(header) * 1000;
    if (isIn(this.#period, instantMs)) this.#day = this.#period.zone.dayOf(instantMs);
    this.#onCommit();
  }

  file(change: FileChange): void {
    const directory = directoryOf(change.path, this.#directoryDepth);
    for (const changes of this.#countedIn(this.#day, directory)) {
      changes.added += change.added;
      changes.removed += change.removed;
    }
    if (!this.#touched.has(directory)) {
      this.#touched.add(directory);
      this.#directory(directory).commits += 1;
    }
    if (change.versions) this.#pending.push({ versions: change.versions, day: this.#day, directory });
  }

  correct(day: number, directory: string, lines: number): void {
    for (const changes of this.#countedIn(day, directory)) changes.binaryCorrection += lines;
  }

  #countedIn(day: number, directory: string): Changes[] {
    let ofDay = this.byDay.get(day);
    if (ofDay === undefined) this.byDay.set(day, (ofDay = nothing()));
    return [this.whole, ofDay, this.#directory(directory)];
  }

  #directory(directory: string): DirectoryChanges {
    let found = this.byDirectory.get(directory);
    if (found === undefined) this.byDirectory.set(directory, (found = { ...nothing(), commits: 0 }));
    return found;
  }
}

function nothing(): Changes {
  return { added: 0, removed: 0, binaryCorrection: 0 };
}
