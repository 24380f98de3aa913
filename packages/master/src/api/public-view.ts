import type { Build, BuildDetail, Step } from '@millrace/protocol/api/builds';
import type { Builder } from '@millrace/protocol/api/builders';
import type { MillraceEvent } from '@millrace/protocol/event';
import { worst } from '@millrace/protocol/result';
import type { StoredBuildset } from '../store/operations/read-buildsets.ts';
import type { StoredRequest } from '../store/operations/read-requests.ts';
import { sees } from './viewer.ts';
import type { Viewer } from './viewer.ts';

/*
 * What a viewer is shown of a thing that is there: all of it, or the public part. What is said in words (why a
 * worker was lost, what a step complained of) may hold anything, and is not public; what is not named here is not
 * either.
 */

/** In the place of what a person wrote. */
const withheld = 'Told to who has a token';

export function shownBuild<Shown extends Partial<Build>>(viewer: Viewer, build: Shown): Shown {
  return viewer.builders === null || build.message === undefined ? build : { ...build, message: null };
}

export function shownBuilder(viewer: Viewer, builder: Builder): Builder {
  const { lastBuild } = builder;
  return { ...builder, lastBuild: lastBuild && shownBuild(viewer, lastBuild) };
}

/** Undefined: it is as if it were not there. */
export function shownDetail(viewer: Viewer, build: BuildDetail): BuildDetail | undefined {
  if (viewer.builders === null) return build;
  if (!sees(viewer, build.builder)) return undefined;
  return {
    ...shownBuild(viewer, build),
    steps: shownSteps(viewer, build.steps),
    properties: build.properties.filter(({ name }) => !viewer.hidesProperty(build.builder, name)),
    buildset: { ...build.buildset, reason: withheld },
    workerFacts: null,
  };
}

export function shownSteps(viewer: Viewer, steps: readonly Step[]): Step[] {
  if (viewer.builders === null) return [...steps];
  return steps.map((step) =>
    step.visibility === 'private'
      ? { ...step, message: null, command: null, tries: [], links: [], logs: [] }
      : { ...step, message: null, tries: step.tries.map((one) => ({ ...one, message: null })) },
  );
}

export function shownRequest(viewer: Viewer, request: StoredRequest): StoredRequest {
  return viewer.builders === null ? request : { ...request, buildsetReason: withheld };
}

/** Undefined: none of its builders is public. */
export function shownBuildset(viewer: Viewer, buildset: StoredBuildset): StoredBuildset | undefined {
  if (viewer.builders === null) return buildset;
  const requests = buildset.requests.filter(({ builder }) => sees(viewer, builder));
  if (requests.length === 0) return undefined;
  const isHidden = (name: string): boolean =>
    requests.some(({ builder }) => viewer.hidesProperty(builder, name));
  const finished = requests.every(({ state }) => state === 'finished');
  const ended = requests.map(({ result }) => result).filter((result) => result !== null);
  return {
    ...buildset,
    reason: withheld,
    properties: Object.fromEntries(Object.entries(buildset.properties).filter(([name]) => !isHidden(name))),
    state: finished ? 'finished' : 'waiting',
    result: finished && ended.length > 0 ? ended.reduce(worst) : null,
    requests,
  };
}

/** What an event tells besides whom it is about. */
const shownData: ReadonlySet<string> = new Set([
  'number',
  'slot',
  'fence',
  'branch',
  'revision',
  'priority',
  'result',
  'reason',
  'step',
  'name',
  'try',
  'log',
  'stream',
]);

/** Undefined: it is not for this viewer. */
export function shownEvent(viewer: Viewer, event: MillraceEvent): MillraceEvent | undefined {
  if (viewer.builders === null) return event;
  const { builder, type, data } = event;
  if (builder === undefined || !sees(viewer, builder)) return undefined;
  if (type === 'build.property') {
    return viewer.hidesProperty(builder, String(data.name)) ? undefined : event;
  }
  return { ...event, data: Object.fromEntries(Object.entries(data).filter(([key]) => shownData.has(key))) };
}
