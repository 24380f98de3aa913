import { matchesBranch } from '@millrace/master/config/branch-pattern';
import type { Config, SchedulerConfig } from '@millrace/master/config/config';
import type { Told, ToldEvent } from './told.ts';

interface SeenChange {
  readonly revision: string;
  readonly branch: string;
  /** Which of the configs that came into force was in force then. */
  readonly period: number;
}

interface Decided {
  readonly scheduler: string;
  readonly revision: string;
  readonly period: number;
  readonly builders: string[];
}

/** A config, from its coming into force to the next one's. */
interface Period {
  readonly config: Config;
  readonly byStart: boolean;
}

/**
 * Each change is built once by each scheduler that was in force when it came and takes its branch, with the builders
 * that the scheduler has when it decides; and by no other. Only a master that died and came back with another config
 * may leave out what a scheduler that is gone had still to look at.
 */
export function checkSchedulers(told: Told, versions: ReadonlyMap<string, Config>): string[] {
  const { periods, changes, decided } = history(told.events, versions);
  const broken: string[] = [];
  const known = new Map<string, Decided[]>();
  for (const one of decided) known.set(keyOf(one), [...(known.get(keyOf(one)) ?? []), one]);
  for (const change of changes) {
    const schedulers = new Set([
      ...(periods[change.period]?.config.schedulers.map(({ name }) => name) ?? []),
      ...decided.filter(({ revision }) => revision === change.revision).map(({ scheduler }) => scheduler),
    ]);
    for (const scheduler of schedulers) {
      const made = known.get(keyOf({ scheduler, revision: change.revision })) ?? [];
      const wrong = judge(change, scheduler, made, periods);
      if (wrong !== undefined) broken.push(`change ${change.revision.slice(-6)} by ${scheduler}: ${wrong}`);
    }
  }
  return broken;
}

function judge(
  change: SeenChange,
  name: string,
  made: readonly Decided[],
  periods: readonly Period[],
): string | undefined {
  const [first] = made;
  if (made.length > 1) return `it was built ${made.length} times`;
  if (schedulerIn(periods[change.period], name) === undefined)
    return first && `it was built, although the scheduler was not in force when it came`;
  if (first !== undefined) {
    const then = schedulerIn(periods[first.period], name);
    if (then === undefined) return 'it was decided about after the scheduler had left';
    if (!matchesBranch(then.branches, change.branch)) return 'the scheduler does not take its branch';
    const expected = [...then.builders].sort().join();
    const actual = [...first.builders].sort().join();
    return expected === actual ? undefined : `it was built by ${actual}, not by ${expected}`;
  }
  for (const period of periods.slice(change.period)) {
    const then = schedulerIn(period, name);
    // It left: at a reload it has decided before, at a start it may have been too late.
    if (then === undefined) return period.byStart ? undefined : 'it was missed';
    if (!matchesBranch(then.branches, change.branch)) return undefined;
  }
  return 'it was missed';
}

function schedulerIn(period: Period | undefined, name: string): SchedulerConfig | undefined {
  return period?.config.schedulers.find((one) => one.name === name);
}

function keyOf({ scheduler, revision }: { scheduler: string; revision: string }): string {
  return `${scheduler} ${revision}`;
}

function history(events: readonly ToldEvent[], versions: ReadonlyMap<string, Config>) {
  const periods: Period[] = [];
  const changes: SeenChange[] = [];
  const decided = new Map<number, Decided>();
  for (const { type, data, buildset, builder } of events) {
    const period = periods.length - 1;
    if (type === 'config.loaded' || type === 'config.reloaded') {
      const config = versions.get(String(data['after']));
      if (config) periods.push({ config, byStart: type === 'config.loaded' });
    } else if (type === 'change.added') {
      changes.push({ revision: String(data['revision']), branch: String(data['branch']), period });
    } else if (type === 'buildset.added' && buildset !== null) {
      const { revision } = data['source'] as { revision: string };
      decided.set(buildset, { scheduler: String(data['scheduler']), revision, period, builders: [] });
    } else if (type === 'request.added' && buildset !== null && builder !== null) {
      decided.get(buildset)?.builders.push(builder);
    }
  }
  return { periods, changes, decided: [...decided.values()] };
}
