import type { Build, BuildDetail, BuildProperty } from '@millrace/protocol/api/builds';
import type { PropertyValue } from '@millrace/protocol/property';
import { query, row, rows, tuples } from '../operation.ts';
import type { Work } from '../operation.ts';
import { buildColumns, buildOf } from './build-tuple.ts';
import type { BuildTuple } from './build-tuple.ts';
import { stepsOf } from './read-steps.ts';

const selectBuild = `select ${buildColumns} from builds b`;

/** The newest build of a builder. */
export function* lastBuildOf(builder: string): Work<Build | null> {
  const [found] = yield* tuples<BuildTuple>(
    `${selectBuild} where b.builder = ? order by b.id desc limit 1`,
    builder,
  );
  return found ? buildOf(found) : null;
}

export const readBuild = query('builds.read', function* (_tx, input: { readonly build: number }): Work<
  Build | undefined
> {
  return yield* buildWith(input.build);
});

function* buildWith(id: number): Work<Build | undefined> {
  const [found] = yield* tuples<BuildTuple>(`${selectBuild} where b.id = ?`, id);
  return found && buildOf(found);
}

export const readBuildDetail = query(
  'builds.detail',
  function* (_tx, input: { readonly build: number }): Work<BuildDetail | undefined> {
    const found = yield* buildWith(input.build);
    if (!found) return undefined;
    const buildset = yield* row<BuildDetail['buildset']>(
      `select s.id, s.reason, s.scheduler from requests r join buildsets s on s.id = r.buildset where r.id = ?`,
      found.request,
    );
    const attempts = yield* rows<BuildDetail['attempts'][number]>(
      'select id, number, result, reason from builds where request = ? order by fence',
      found.request,
    );
    return {
      ...found,
      steps: [...((yield* stepsOf(input.build)) ?? [])],
      properties: yield* propertiesOf(input.build),
      buildset: buildset ?? { id: 0, reason: '', scheduler: null },
      attempts: [...attempts],
      change: yield* changeOf(found),
      workerFacts: yield* workerFactsOf(input.build),
    };
  },
);

function* propertiesOf(build: number): Work<BuildProperty[]> {
  const found = yield* rows<{ name: string; value: string; source: string }>(
    'select name, value, source from properties where build = ? order by name',
    build,
  );
  return found.map(({ name, value, source }) => ({
    name,
    value: JSON.parse(value) as PropertyValue,
    source,
  }));
}

function* workerFactsOf(build: number): Work<BuildDetail['workerFacts']> {
  const found = yield* row<{ facts: string }>(
    'select f.facts from builds b join worker_facts f on f.hash = b.facts where b.id = ?',
    build,
  );
  return found ? (JSON.parse(found.facts) as BuildDetail['workerFacts']) : null;
}

function* changeOf(build: Build): Work<BuildDetail['change']> {
  const change = yield* row<{
    id: number;
    author: string;
    message: string;
    committed_at: number;
    link: string | null;
  }>(
    'select id, author, message, committed_at, link from changes where repository = ? and branch = ? and revision = ?',
    build.repository,
    build.branch,
    build.revision,
  );
  if (!change) return null;
  const { committed_at: committedAt, ...rest } = change;
  return { ...rest, committedAt };
}
