import type { Build, BuildDetail, BuildProperty, Step } from '@millrace/protocol/api/builds';
import type { Request } from '@millrace/protocol/api/requests';
import type { MillraceEvent } from '@millrace/protocol/event';
import type { Reason } from '@millrace/protocol/result';
import { commandOf } from './commands.ts';
import { checkHolds } from './held-workers.ts';
import { expectedBuild } from './expected-build.ts';
import type { Scenario } from './scenario.ts';

/** The public API, as a person's program would use it. */
export interface Api {
  json<Answer>(path: string): Promise<Answer>;
  /** `gone`: answered 410. */
  bytes(path: string): Promise<Uint8Array | 'gone'>;
}

/** A log as somebody saw it who followed it. */
export interface ReadLog {
  readonly log: number;
  readonly build: number;
  readonly bytes: Uint8Array;
  /** Where the pieces did not stand one after the other. */
  readonly misplaced: readonly string[];
  /** Something was left out of it: the record says so in words where the follower is given numbers. */
  readonly gapped: boolean;
  /** Its bytes were removed before its end was reached. */
  readonly expired: boolean;
}

/** What went in, and what the world itself saw happen. */
export interface Observed {
  readonly scenario: Scenario;
  /** Requests that the API has accepted, each with the call that asked for it. */
  readonly accepted: readonly { readonly key: string; readonly requests: readonly number[] }[];
  /** Changes that the API has accepted: each is to be built once by every builder. */
  readonly revisions: readonly string[];
  /** Builds, and requests, whose cancelling was accepted. */
  readonly cancelledBuilds: ReadonlySet<number>;
  readonly cancelledRequests: ReadonlySet<number>;
  /** Of this revision no plan can be made. */
  readonly unplannable: string;
  /** When a master that stopped began to cancel what ran. */
  readonly drains: readonly number[];
  /** When a journal of this worker was spoiled, or its disk put back. */
  readonly damages: ReadonlyMap<string, readonly number[]>;
  /** Workers that were put back to a time before some of their builds had begun. */
  readonly restored: ReadonlySet<string>;
  /** Logs as somebody saw them who followed them. */
  readonly readLogs: readonly ReadLog[];
  /** How often the machines started the command of each step: `build/step`. */
  readonly starts: ReadonlyMap<string, number>;
  /** Commands that still run when everything is over. */
  readonly alive: readonly string[];
  /** Events as somebody saw them who followed from the beginning, coming again with the cursor. */
  readonly followed: readonly MillraceEvent[];
  /** As somebody heard them who listened to the stream, coming again where it broke off. */
  readonly heard: readonly MillraceEvent[];
  /** When a slot of this worker was killed, or its machine lost power; milliseconds since 1970. */
  readonly slotDeaths: ReadonlyMap<string, readonly number[]>;
  /** Whether this worker could have been unheard of for `lostAfterMs` while a master listened, up to then. */
  mayHaveBeenSilent(worker: string, at: number): boolean;
  readonly troubles: readonly string[];
}

/** What was observed, with each builder's last green build. */
interface Judged extends Observed {
  readonly lastGreen: ReadonlySet<number>;
}

/** Sentences, one for each promise that was broken. */
export async function check(seen: Observed, api: Api): Promise<string[]> {
  const broken: string[] = [];
  const builds = await all<Build>(api, '/builds');
  const observed: Judged = { ...seen, lastGreen: lastGreenOf(builds) };
  const requests = await all<Request>(api, '/requests');
  const events = await all<MillraceEvent>(api, '/events');
  checkRequests(observed, requests, builds, events, broken);
  checkAttempts(observed, requests, builds, broken);
  for (const build of builds) await checkBuild(observed, api, build, broken);
  const adopted = new Set(events.filter(({ type }) => type === 'build.adopted').map(({ build }) => build));
  for (const read of observed.readLogs) await checkFollowed(api, read, adopted.has(read.build), broken);
  checkEvents(observed.followed, events, broken);
  checkEvents(observed.heard, events, broken);
  broken.push(...checkHolds(events));
  for (const marker of observed.alive) broken.push(`a process is left running: ${marker}`);
  for (const trouble of observed.troubles) broken.push(`production code met trouble: ${trouble}`);
  return broken;
}

function lastGreenOf(builds: readonly Build[]): ReadonlySet<number> {
  const newest = new Map<string, number>();
  for (const { builder, id, result } of builds)
    if (result === 'success' || result === 'warnings')
      newest.set(builder, Math.max(id, newest.get(builder) ?? 0));
  return new Set(newest.values());
}

/** Every ask that was accepted has its requests, each of which ended exactly once. */
function checkRequests(
  observed: Observed,
  requests: readonly Request[],
  builds: readonly Build[],
  events: readonly MillraceEvent[],
  broken: string[],
): void {
  const known = new Set(requests.map(({ id }) => id));
  const claimed = new Set<number>();
  for (const { key, requests: asked } of observed.accepted) {
    for (const id of asked) {
      if (!known.has(id)) broken.push(`the request ${id} that was accepted for ${key} is gone`);
      if (claimed.has(id)) broken.push(`two asks were given the same request ${id}`);
      claimed.add(id);
    }
  }
  for (const revision of observed.revisions) {
    for (const { name } of observed.scenario.builders) {
      const made = requests.filter((one) => one.revision === revision && one.builder === name);
      if (made.length !== 1)
        broken.push(`the change ${revision} has ${made.length} requests of ${name}, not 1`);
    }
  }
  const expected = claimed.size + observed.revisions.length * observed.scenario.builders.length;
  if (requests.length !== expected)
    broken.push(`there are ${requests.length} requests where ${expected} were asked for`);
  for (const request of requests) {
    if (request.state !== 'finished')
      broken.push(`request ${request.id} is ${request.state}: it never ended`);
    const ends = events.filter(
      ({ type, request: of }) => type === 'request.finished' && of === request.id,
    ).length;
    if (ends !== 1) broken.push(`request ${request.id} ended ${ends} times`);
  }
  for (const build of builds) {
    if (!known.has(build.request)) broken.push(`build ${build.id} is of an unknown request ${build.request}`);
  }
}

/** One build of a request at a time; fences grow; what ended a request is its last build. */
function checkAttempts(
  observed: Observed,
  requests: readonly Request[],
  builds: readonly Build[],
  broken: string[],
): void {
  for (const request of requests) {
    const attempts = builds.filter((build) => build.request === request.id).sort((a, b) => a.id - b.id);
    for (const [index, build] of attempts.entries()) {
      const before = attempts[index - 1];
      if (!before) continue;
      if (build.fence <= before.fence) {
        broken.push(
          `builds ${before.id} and ${build.id} of request ${request.id} have the fences ${before.fence} and ${build.fence}`,
        );
      }
      if (before.finishedAt === null || before.finishedAt > build.startedAt) {
        broken.push(`build ${build.id} started before build ${before.id} of the same request had ended`);
      }
      if (!mayBeFollowed(before)) {
        broken.push(
          `build ${before.id} ended as ${before.result} (${before.reason}), and yet build ${build.id} followed`,
        );
      }
    }
    const last = attempts.at(-1);
    checkUnbuilt(observed, request, attempts.length, broken);
    // Cancelled while it waited for another try, it ends without one.
    if (observed.cancelledRequests.has(request.id) && request.result === 'cancelled') continue;
    if (last && request.result !== last.result) {
      broken.push(
        `request ${request.id} ended as ${request.result}, its last build ${last.id} as ${last.result}`,
      );
    }
  }
}

/** A request ends without a build where nobody can plan it, or somebody cancelled it; and only there. */
function checkUnbuilt(observed: Observed, request: Request, builds: number, broken: string[]): void {
  const cancelled = observed.cancelledRequests.has(request.id) && request.result === 'cancelled';
  if (request.revision === observed.unplannable) {
    if (builds > 0) broken.push(`request ${request.id} cannot be planned, and has ${builds} builds`);
    if (!cancelled && request.result !== 'exception')
      broken.push(`request ${request.id} cannot be planned, and ended as ${request.result}`);
  } else if (builds === 0 && !cancelled) {
    broken.push(`request ${request.id} ended as ${request.result} without a build`);
  }
}

function mayBeFollowed({ result, reason }: Build): boolean {
  if (result === 'cancelled') return reason === 'master-stopped';
  return result === 'exception' && reason !== null && retriedReasons.has(reason);
}

const retriedReasons: ReadonlySet<Reason> = new Set([
  'worker-lost',
  'slot-lost',
  'journal-forked',
  'silence-stopped',
  'refused',
]);
/** What may become of a build whose journal is not as its slot wrote it. */
const damagedReasons: ReadonlySet<Reason> = new Set(['journal-forked', 'journal-malformed', 'slot-lost']);

async function checkBuild(observed: Judged, api: Api, build: Build, broken: string[]): Promise<void> {
  if (build.state !== 'finished') {
    broken.push(`build ${build.id} is ${build.state}: it never ended`);
    return;
  }
  checkReason(observed, build, broken);
  const { steps, properties } = await api.json<BuildDetail>(`/builds/${build.id}`);
  for (const step of steps) {
    const starts = observed.starts.get(`${build.id}/${step.index}`) ?? 0;
    // A disk that was put back does not know what was begun since; the power was off in between.
    if (starts > triesAllowed(observed, build, step) && !observed.restored.has(build.worker))
      broken.push(`step ${step.index} of build ${build.id} was started ${starts} times`);
    if (step.kind === 'sh' && step.result === 'success' && starts === 0) {
      broken.push(`step ${step.index} of build ${build.id} succeeded without having been started`);
    }
    await checkLogs(observed, api, build, step, broken);
  }
  if (build.result === 'success' || build.result === 'warnings' || build.result === 'failure')
    checkJudgement(observed, build, steps, properties, broken);
}

/** Where the build ended by itself, as often as is recorded; else its last tries may be lost with its slot. */
function triesAllowed(observed: Observed, build: Build, step: Step): number {
  if (build.result !== 'exception' && build.result !== 'cancelled') return step.tries.length + 1;
  const builder = observed.scenario.builders.find(({ name }) => name === build.builder);
  const shape = builder?.steps[step.index];
  return shape?.kind === 'command' ? shape.tries : 1;
}

/** Infrastructure is blamed only where it did fail. */
function checkReason(observed: Observed, build: Build, broken: string[]): void {
  const at = build.finishedAt ?? 0;
  const who = `build ${build.id} on ${build.worker}`;
  if (build.result === 'cancelled') {
    const stopped = build.reason === 'master-stopped' && observed.drains.some((drain) => drain <= at);
    const asked = observed.cancelledBuilds.has(build.id) || observed.cancelledRequests.has(build.request);
    if (!stopped && !asked) broken.push(`${who} is cancelled, and nobody asked for it`);
  }
  const damaged = observed.damages.get(build.worker)?.some((damage) => damage <= at) ?? false;
  if (damaged && build.result === 'exception' && build.reason && damagedReasons.has(build.reason)) return;
  if (build.reason === 'silence-stopped') {
    // It cannot tell a cut line from masters that are away, and stops in both.
    const builder = observed.scenario.builders.find(({ name }) => name === build.builder);
    if (builder?.onSilence !== 'stop')
      broken.push(`${who} stopped in silence, which its builder did not ask for`);
  } else if (build.reason === 'worker-lost') {
    if (!observed.mayHaveBeenSilent(build.worker, at)) {
      broken.push(
        `${who} ended as ${build.reason}, but was never unheard of for so long while a master listened`,
      );
    }
  } else if (build.reason === 'slot-lost') {
    const deaths = observed.slotDeaths.get(build.worker) ?? [];
    if (!deaths.some((death) => death >= build.startedAt - 60_000 && death <= at)) {
      broken.push(`${who} ended as slot-lost, but none of its slots had died`);
    }
  } else if (build.result === 'exception' && build.reason !== 'refused') {
    broken.push(`${who} ended as exception ${build.reason}: ${build.message}`);
  }
}

/** What its commands said and its plan says of it decides, and nothing else; what steps set is there. */
function checkJudgement(
  observed: Observed,
  build: Build,
  steps: readonly Step[],
  properties: readonly BuildProperty[],
  broken: string[],
): void {
  const builder = observed.scenario.builders.find(({ name }) => name === build.builder);
  if (builder === undefined) return;
  const expected = expectedBuild(observed.scenario, builder, build.id);
  if (build.result !== expected.result)
    broken.push(`build ${build.id} ended as ${build.result}, its steps as ${expected.result}`);
  for (const [index, step] of steps.entries()) {
    const { result, tries, links } = expected.steps[index] ?? { result: 'skipped', tries: 0, links: [] };
    const where = `step ${step.index} of build ${build.id}`;
    if (step.result !== result) broken.push(`${where} is ${step.result}, its plan says ${result}`);
    if (step.tries.length !== Math.max(0, tries - 1))
      broken.push(`${where} has ${step.tries.length} tries before its last, its plan says ${tries - 1}`);
    if (step.links.map(({ url }) => url).join() !== links.join())
      broken.push(`${where} has the links ${step.links.map(({ url }) => url).join()}, not ${links.join()}`);
    if (step.result === 'skipped' && step.message === null) broken.push(`${where} is skipped without a word`);
  }
  const set = new Map(properties.map(({ name, value }) => [name, value]));
  for (const [name, value] of expected.properties)
    if (set.get(name) !== value)
      broken.push(`the property ${name} of build ${build.id} is ${set.get(name)}, not ${value}`);
}

/** Whole where the command ended by itself; otherwise what came first. */
async function checkLogs(
  observed: Judged,
  api: Api,
  build: Build,
  step: Step,
  broken: string[],
): Promise<void> {
  const builder = observed.scenario.builders.find(({ name }) => name === build.builder);
  for (const log of step.logs) {
    const attempt = Number(/ \(try (\d+)\)$/.exec(log.name)?.[1] ?? 1);
    const script = commandOf(observed.scenario, build.id, step.index, attempt);
    // What was tried again had ended by itself.
    const end = step.tries[attempt - 1] ?? step;
    const byItself =
      end.result === 'success' ||
      end.result === 'warnings' ||
      (end.result === 'failure' && end.reason === null);
    const printed = {
      combined: script.combined,
      stdout: script.stdout,
      stderr: script.stderr,
    }[log.stream];
    const where = `the log ${log.name} (${log.id}) of step ${step.index} of build ${build.id}`;
    if (log.state !== 'closed') broken.push(`${where} is still open`);
    if (builder && printed.length > builder.logBytesMax) {
      if (byItself && log.bytes !== printed.length)
        broken.push(`${where} has ${log.bytes} bytes, ${printed.length} were printed`);
      continue;
    }
    const stored = await api.bytes(`/logs/${log.id}/raw`);
    if (stored === 'gone' || log.expired !== null) {
      if (stored !== 'gone') broken.push(`${where} has expired, and can be read`);
      checkExpired(observed, build, where, log.expired?.at, broken);
      continue;
    }
    if (
      byItself
        ? Buffer.compare(stored, printed) !== 0
        : Buffer.compare(stored, printed.subarray(0, stored.length)) !== 0
    ) {
      broken.push(`${where} is not what its command printed (${stored.length} bytes of ${printed.length})`);
    }
    if (log.bytes !== stored.length) broken.push(`${where} says ${log.bytes} bytes and has ${stored.length}`);
  }
}

/** A log expires when its time has come, and never of a builder's last green build. */
function checkExpired(
  observed: Judged,
  build: Build,
  where: string,
  at: number | undefined,
  broken: string[],
): void {
  const { logsKeptMs } = observed.scenario;
  if (logsKeptMs === null) broken.push(`${where} has expired, and nothing is to expire`);
  else if (at !== undefined && at - (build.finishedAt ?? Infinity) < logsKeptMs)
    broken.push(
      `${where} expired ${at - (build.finishedAt ?? 0)} ms after its build's end, not ${logsKeptMs}`,
    );
  if (observed.lastGreen.has(build.id)) broken.push(`${where} has expired, and is of the last green build`);
}

/**
 * Somebody who followed a log saw what the record has, each byte once. A build that was given up for lost had
 * told them the end of its log; taken up again afterwards, it goes on without them.
 */
async function checkFollowed(api: Api, read: ReadLog, adopted: boolean, broken: string[]): Promise<void> {
  const { log, bytes, misplaced, gapped } = read;
  for (const where of misplaced) broken.push(`a follower of log ${log} met a gap or a double: ${where}`);
  if (gapped || read.expired) return;
  const stored = await api.bytes(`/logs/${log}/raw`);
  if (stored === 'gone') return;
  const expected = adopted ? stored.subarray(0, bytes.length) : stored;
  if (misplaced.length === 0 && Buffer.compare(expected, bytes) !== 0)
    broken.push(`a follower of log ${log} saw ${bytes.length} bytes, and ${stored.length} are stored`);
}

/** Nobody who came again with a cursor missed an event, or saw one twice. */
function checkEvents(
  seen: readonly MillraceEvent[],
  events: readonly MillraceEvent[],
  broken: string[],
): void {
  const followed = seen.map(({ cursor }) => cursor);
  // Logs still expire when all else is over and nobody follows any more.
  const lastSeen = events.findLastIndex(
    ({ type, cursor }) => type !== 'logs.expired' || followed.includes(cursor),
  );
  const listed = events.slice(0, lastSeen + 1).map(({ cursor }) => cursor);
  if (new Set(followed).size !== followed.length) broken.push('a follower saw an event twice');
  const missing = listed.filter((cursor) => !followed.includes(cursor));
  if (missing.length > 0) {
    const first = events.find(({ cursor }) => cursor === missing[0]);
    broken.push(
      `a follower missed ${missing.length} of ${listed.length} events, first ${first?.type} of build ${first?.build}`,
    );
  }
  if (followed.join() !== listed.filter((cursor) => followed.includes(cursor)).join()) {
    broken.push('a follower saw events in another order than the record has them');
  }
}

/** Every item of a list, in the order of the record: lists are newest first, events oldest first. */
async function all<Item>(api: Api, path: string): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const name = path === '/events' ? 'after' : 'cursor';
    const query: string = cursor === null ? '' : `&${name}=${encodeURIComponent(cursor)}`;
    const page: { items: Item[]; nextCursor: string | null } = await api.json(`${path}?limit=1000${query}`);
    items.push(...page.items);
    cursor = page.items.length === 0 ? null : page.nextCursor;
  } while (cursor !== null);
  return path === '/events' ? items : items.toReversed();
}
