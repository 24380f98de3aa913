import type { Consequence, ConfigDiff } from '@millrace/protocol/api/configs';
import { matchesBranch } from '../config/branch-pattern.ts';
import type { Config, Planned } from '../config/config.ts';
import { countMax } from '../store/operations/reload-facts.ts';
import type { ReloadFacts } from '../store/operations/reload-facts.ts';

export interface Compared {
  readonly before: Config;
  readonly after: Config;
  /** The new plans of sample sources, by builder. */
  readonly plans: ReadonlyMap<string, Planned>;
  readonly facts: ReloadFacts;
}

/** More of one kind than anybody reads are counted. */
const eachMax = 50;

/** What will run, or not run any more, in another way than before, as sentences for people. */
export function consequencesOf(compared: Compared): Consequence[] {
  const all = [
    ...requestsThatWait(compared),
    ...requestsThatReturn(compared),
    ...buildsThatGoOn(compared),
    ...workersThatLeave(compared),
    ...schedulersThatChange(compared),
    ...buildersUnscheduled(compared),
    ...branchesUnwatched(compared),
    ...plansThatFail(compared),
  ];
  const told = new Map<Consequence['kind'], number>();
  return all.filter(({ kind }) => {
    told.set(kind, (told.get(kind) ?? 0) + 1);
    return (told.get(kind) ?? 0) <= eachMax;
  });
}

function requestsThatWait({ after, facts }: Compared): Consequence[] {
  const told: Consequence[] = [];
  for (const [builder, count] of Object.entries(facts.waiting)) {
    const kept = after.builders.find(({ name }) => name === builder);
    const who = `${plural(count, 'request')} for builder "${builder}"`;
    if (kept === undefined)
      told.push({
        kind: 'requests-wait',
        name: builder,
        message: `${who} will wait: it is not in the config. They go on when the name returns, or can be cancelled.`,
      });
    else if (!kept.workers.some((worker) => facts.connected.includes(worker)))
      told.push({
        kind: 'requests-wait',
        name: builder,
        message: `${who} will wait: none of its workers is connected (${listed(kept.workers)}).`,
      });
  }
  return told;
}

function requestsThatReturn({ before, after, facts }: Compared): Consequence[] {
  const known = new Set(names(before.builders));
  return after.builders
    .filter(({ name }) => !known.has(name) && (facts.waiting[name] ?? 0) > 0)
    .map(({ name }) => ({
      kind: 'requests-return' as const,
      name,
      message: `${plural(facts.waiting[name] ?? 0, 'request')} that waited for builder "${name}" can be built again.`,
    }));
}

function buildsThatGoOn({ before, after, facts }: Compared): Consequence[] {
  return gone(before.builders, after.builders).flatMap((builder): Consequence[] => {
    const builds = sum(facts.running.filter((one) => one.builder === builder));
    if (builds === 0) return [];
    const message = `${plural(builds, 'running build')} of builder "${builder}" will go on to the end.`;
    return [{ kind: 'builds-go-on', name: builder, message }];
  });
}

function workersThatLeave({ before, after, facts }: Compared): Consequence[] {
  return gone(before.workers, after.workers).flatMap((worker): Consequence[] => {
    const builds = sum(facts.running.filter((one) => one.worker === worker));
    if (builds === 0 && !facts.connected.includes(worker)) return [];
    const when = builds === 0 ? 'at once' : `when its ${plural(builds, 'running build')} has ended`;
    const message = `Worker "${worker}" is sent away ${builds > 1 ? when.replace('has', 'have') : when}.`;
    return [{ kind: 'worker-leaves', name: worker, message }];
  });
}

function schedulersThatChange({ before, after, facts }: Compared): Consequence[] {
  const told: Consequence[] = [];
  const tell = (kind: Consequence['kind'], name: string, message: string): void => {
    told.push({ kind, name, message });
  };
  const states = new Map(facts.schedulers.map((one) => [one.name, one]));
  for (const name of gone(before.schedulers, after.schedulers)) {
    const behind = states.get(name)?.behind ?? 0;
    const left =
      behind === 0 ? '' : ` ${several(behind, 'change')} that it has still to look at may be left out.`;
    tell('scheduler-ends', name, `Scheduler "${name}" will build no more changes.${left}`);
  }
  for (const scheduler of after.schedulers) {
    const { name } = scheduler;
    const was = before.schedulers.find((one) => one.name === name);
    if (was !== undefined) {
      const lost = was.builders.filter((builder) => !scheduler.builders.includes(builder));
      if (lost.length > 0)
        tell('scheduler-lost-builders', name, `Scheduler "${name}" will no longer build ${listed(lost)}.`);
      continue;
    }
    const state = states.get(name);
    if (state === undefined || state.leftAt === null)
      tell('scheduler-begins', name, `Scheduler "${name}" begins with the next change.`);
    else {
      const missed =
        state.behind === 0
          ? ''
          : ` ${several(state.behind, 'change')} that came while it was away will not be built.`;
      tell(
        'scheduler-returns',
        name,
        `Scheduler "${name}" returns, and begins with the next change.${missed}`,
      );
    }
  }
  return told;
}

function buildersUnscheduled({ before, after }: Compared): Consequence[] {
  const scheduled = (config: Config): ReadonlySet<string> =>
    new Set(config.schedulers.flatMap(({ builders }) => builders));
  const was = scheduled(before);
  const is = scheduled(after);
  return names(after.builders)
    .filter((name) => was.has(name) && !is.has(name))
    .map((name) => ({
      kind: 'builder-unscheduled' as const,
      name,
      message: `No scheduler builds "${name}" any more: it is built when somebody asks.`,
    }));
}

function branchesUnwatched({ before, after, facts }: Compared): Consequence[] {
  return facts.branches
    .filter((one) => isBuilt(before, one) && !isBuilt(after, one))
    .map(({ repository, branch }) => ({
      kind: 'branch-unwatched' as const,
      name: branch,
      message: `Nobody builds new changes on branch "${branch}" of repository "${repository}" any more.`,
    }));
}

/** Some scheduler takes its changes, and they come: from a poller, or by a hook where nothing is polled. */
function isBuilt(config: Config, one: ReloadFacts['branches'][number]): boolean {
  const repository = config.repositories.find(({ name }) => name === one.repository);
  if (repository === undefined) return false;
  const comes = repository.branches.length === 0 || matchesBranch(repository.branches, one.branch);
  const taken = config.schedulers.some(
    (scheduler) => scheduler.repository === one.repository && matchesBranch(scheduler.branches, one.branch),
  );
  return comes && taken;
}

function plansThatFail({ plans }: Compared): Consequence[] {
  return [...plans].flatMap(([name, planned]): Consequence[] =>
    planned.kind === 'planned' ? [] : [{ kind: 'plan-fails', name, message: planned.message }],
  );
}

/** How much a diff tells, in all. */
export function countsOf({ nouns, settings }: ConfigDiff) {
  const count = (kind: string): number => nouns.filter((one) => one.kind === kind).length;
  return { added: count('added'), changed: count('changed') + settings.length, removed: count('removed') };
}

interface Named {
  readonly name: string;
}

function names(list: readonly Named[]): string[] {
  return list.map(({ name }) => name);
}

export function gone(before: readonly Named[], after: readonly Named[]): string[] {
  const stays = new Set(names(after));
  return names(before).filter((name) => !stays.has(name));
}

function sum(running: readonly { readonly builds: number }[]): number {
  return running.reduce((all, { builds }) => all + builds, 0);
}

function plural(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}

function several(count: number, one: string): string {
  return count >= countMax ? `${countMax} or more ${one}s` : plural(count, one);
}

function listed(list: readonly string[]): string {
  return list.map((name) => `"${name}"`).join(', ');
}
