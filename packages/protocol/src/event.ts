/** Every kind of event, `noun.what-happened`. The shape of an event's data is versioned with the API. */
export const eventTypes = [
  'master.started',
  'master.stopped',
  'master.stalled',
  'config.loaded',
  'config.reloaded',
  'config.reload-failed',
  'change.added',
  'repository.trouble',
  'repository.recovered',
  'repository.rewritten',
  'repository.skipped',
  'buildset.added',
  'request.added',
  'request.claimed',
  'request.cancelled',
  'request.requeued',
  'request.finished',
  'build.started',
  'build.cancelling',
  'build.lost',
  'build.adopted',
  'build.finished',
  'build.property',
  'build.link',
  'step.started',
  'step.retrying',
  'step.finished',
  'log.opened',
  'log.closed',
  'log.merged',
  'logs.expired',
  'builds.expired',
  'worker.connected',
  'worker.disconnected',
  'worker.silent',
  'worker.room',
  'worker.refused',
  'worker.clock',
  'worker.paused',
  'worker.draining',
  'worker.drained',
  'worker.resumed',
  'request.priority',
  'scheduler.decided',
  'scheduler.paused',
  'scheduler.resumed',
] as const;
export type EventType = (typeof eventTypes)[number];

/** One fact in the event log, as the API gives it. */
export interface MillraceEvent {
  /** Opaque: give it back as `after` to get what came next. */
  readonly cursor: string;
  readonly type: EventType;
  /** Milliseconds since 1970, by the store's clock. */
  readonly at: number;
  readonly builder?: string;
  readonly build?: number;
  readonly request?: number;
  readonly buildset?: number;
  readonly worker?: string;
  readonly data: Readonly<Record<string, unknown>>;
}
