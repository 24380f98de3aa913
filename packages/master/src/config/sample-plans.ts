import type { Clock } from '@millrace/kernel/clock';
import type { BuilderConfig, Config, Planned, PlanInput } from './config.ts';
import type { LoadedConfig } from './config-in-force.ts';

/** Stands for a revision where steps are only tried. */
const someRevision = '0'.repeat(40);
/** Steps that take longer than this together are not all tried. */
const togetherMsMax = 20_000;

/** What a builder's steps are tried with: its own branch, at no revision in particular, and its own properties. */
function sampleInput(config: Config, builder: BuilderConfig): PlanInput {
  const repository = config.repositories.find(({ name }) => name === builder.repository);
  const source = repository && {
    repository: repository.name,
    branch: builder.branch ?? repository.defaultBranch,
    revision: someRevision,
  };
  return { builder: builder.name, source: source ?? null, properties: {} };
}

/** The plan of each builder for a sample source, by the builder's name. */
export async function samplePlans(loaded: LoadedConfig, clock: Clock): Promise<ReadonlyMap<string, Planned>> {
  const config = loaded.get();
  const began = clock.monotonicMs();
  const plans = new Map<string, Planned>();
  for (const builder of config.builders) {
    const late = clock.monotonicMs() - began > togetherMsMax;
    const planned: Planned = late
      ? { kind: 'failed', message: 'It was not tried: the steps of the builders before it took too long.' }
      : await loaded.plan(sampleInput(config, builder));
    plans.set(builder.name, planned);
  }
  return plans;
}
