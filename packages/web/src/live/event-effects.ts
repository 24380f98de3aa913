import type { Build } from '@millrace/protocol/api/builds';
import type { MillraceEvent } from '@millrace/protocol/event';
import { results, reasons } from './known-values.ts';

/** What an event means for what a page holds. */
export interface Effects {
  /** Known at once from the event itself. */
  readonly patch: { readonly build: number; readonly change: Partial<Build> } | undefined;
  /** What has to be asked anew: the beginnings of query keys. */
  readonly stale: readonly (readonly (string | number)[])[];
}

/** From an event to what it changes. Pure; `apply-effects.ts` carries it out. */
export function effectsOf(event: MillraceEvent): Effects {
  const { build, request } = event;
  const thisBuild = build === undefined ? [] : [['build', build]];
  const thisRequest = request === undefined ? [] : [['requests', request]];
  switch (event.type) {
    case 'build.started':
      return { patch: undefined, stale: [['builds'], ['builders'], ['workers'], ['requests'], ...thisBuild] };
    case 'build.cancelling':
      return { patch: patch(build, { cancelling: true }), stale: [...thisBuild] };
    case 'build.finished':
      return {
        patch: patch(build, ending(event)),
        stale: [['builds'], ['builders'], ['workers'], ...thisBuild, ...thisRequest],
      };
    case 'build.lost':
    case 'build.adopted':
      return { patch: undefined, stale: [['builds'], ['builders'], ...thisBuild] };
    case 'build.property':
    case 'build.link':
    case 'step.retrying':
    case 'step.started':
    case 'step.finished':
    case 'log.opened':
    case 'log.closed':
      return { patch: undefined, stale: [...thisBuild] };
    case 'buildset.added':
    case 'log.merged':
    case 'scheduler.decided':
    case 'scheduler.paused':
    case 'scheduler.resumed':
      return { patch: undefined, stale: [] };
    case 'master.started':
    case 'master.stopped':
      return { patch: undefined, stale: [['masters']] };
    case 'master.stalled':
      return { patch: undefined, stale: [['stalls']] };
    case 'logs.expired':
      return { patch: undefined, stale: expiredBuilds(event) };
    case 'builds.expired':
      return { patch: undefined, stale: [['builds'], ['builders'], ...expiredBuilds(event)] };
    case 'request.added':
    case 'request.claimed':
    case 'request.cancelled':
    case 'request.requeued':
    case 'request.priority':
    case 'request.finished':
      return { patch: undefined, stale: [['requests'], ['builders']] };
    case 'change.added':
    case 'repository.rewritten':
    case 'repository.skipped':
      return { patch: undefined, stale: [] };
    case 'repository.trouble':
    case 'repository.recovered':
      return { patch: undefined, stale: [['repositories']] };
    case 'config.reload-failed':
    case 'worker.refused':
      return { patch: undefined, stale: [] };
    case 'worker.clock':
    case 'worker.drained':
      return { patch: undefined, stale: [['workers']] };
    case 'config.loaded':
    case 'config.reloaded':
      return { patch: undefined, stale: [['builders'], ['workers'], ['requests']] };
    case 'worker.connected':
    case 'worker.disconnected':
    case 'worker.silent':
    case 'worker.room':
    case 'worker.paused':
    case 'worker.draining':
    case 'worker.resumed':
      return { patch: undefined, stale: [['workers'], ['requests', 'pending'], ['builds', 'running']] };
    default:
      // A newer master: what it tells is not known here, so nothing that is held can be trusted.
      return { patch: undefined, stale: [[]] };
  }
}

function patch(build: number | undefined, change: Partial<Build>): Effects['patch'] {
  return build === undefined ? undefined : { build, change };
}

function ending(event: MillraceEvent): Partial<Build> {
  const result = results.find((known) => known === event.data['result']);
  if (result === undefined) return {};
  const message = event.data['message'];
  return {
    state: 'finished',
    result,
    reason: reasons.find((known) => known === event.data['reason']) ?? null,
    message: typeof message === 'string' ? message : null,
    finishedAt: event.at,
    cancelling: false,
  };
}

/** The builds that retention has removed, or whose logs it has. */
function expiredBuilds({ data }: MillraceEvent): Effects['stale'] {
  const { builds } = data;
  if (!Array.isArray(builds)) return [];
  return builds.filter((build) => typeof build === 'number').map((build) => ['build', build]);
}
