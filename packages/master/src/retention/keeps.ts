import type { Config } from '../config/config.ts';
import type { BuilderRetention, RetentionConfig } from '../config/retention-config.ts';
import type { BuilderKeeps, CommonKeeps, KeepLimit } from '../model/retention.ts';

const forEver: KeepLimit = { days: null, count: null };

/** What is kept where a config says nothing: builds and logs for ever, what only serves others for a while. */
const defaultKeeps: CommonKeeps = {
  eventsDays: 30,
  changesDays: 365,
  workersDays: 90,
  repeatsDays: 7,
};

/** What is kept of a builder: its own rule, part by part, before that of all. Also of one that has left the config. */
export function keepsOf(config: Config, builder: string): BuilderKeeps {
  const own = config.builders.find(({ name }) => name === builder)?.retention;
  return { builds: limitOf('builds', own, config.retention), logs: limitOf('logs', own, config.retention) };
}

function limitOf(
  what: 'builds' | 'logs',
  own: BuilderRetention | undefined,
  all: RetentionConfig | undefined,
): KeepLimit {
  return { ...forEver, ...(own?.[what] ?? all?.[what]) };
}

export function commonKeeps({ retention }: Config): CommonKeeps {
  const days = (given: { readonly days: number | null } | undefined, otherwise: number | null) =>
    given === undefined ? otherwise : given.days;
  return {
    ...defaultKeeps,
    eventsDays: days(retention?.events, defaultKeeps.eventsDays),
    changesDays: days(retention?.changes, defaultKeeps.changesDays),
    workersDays: days(retention?.workers, defaultKeeps.workersDays),
  };
}
