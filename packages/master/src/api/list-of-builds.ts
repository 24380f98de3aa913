import Type from 'typebox';
import { Build, BuildPart, buildStates, ListedBuild } from '@millrace/protocol/api/builds';
import { listOf } from '@millrace/protocol/api/common';
import { results } from '@millrace/protocol/result';
import { buildOrders } from '../store/operations/build-filter.ts';
import type { BuildFilter } from '../store/operations/build-filter.ts';
import { briefFields } from '../store/operations/build-tuple.ts';
import { listBriefBuilds, listBuilds } from '../store/operations/list-builds.ts';
import { listProperties } from '../store/operations/list-properties.ts';
import { narrows } from '../store/operations/where.ts';
import type { Store } from '../store/store.ts';
import type { Api } from './api.ts';
import { answers } from './answers.ts';
import { sortQuery } from './list-order.ts';
import { limitQuery, pageInOrder, pageQuery, severalOf, severalWords } from './list-page.ts';
import { shownBuild } from './public-view.ts';
import type { Viewer } from './viewer.ts';

/** A day of 150 busy builders is 4,762 builds: it comes in one answer. */
const buildsMax = 5_000;
/** Where properties are asked for: then the page ends, however few builds it has. */
const propertyCharactersMax = 8 * 1024 ** 2;

const buildFields = Object.keys(Build.properties) as readonly (keyof Build)[];
const parts = ['properties'] as const;

const time = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 0, description: `${description}, in milliseconds since 1970` }));

const buildsQuery = Type.Object(
  {
    builder: Type.Optional(Type.String({ description: 'Of this builder' })),
    number: Type.Optional(Type.Integer({ minimum: 1, description: 'With this number at its builder' })),
    request: Type.Optional(Type.Integer({ minimum: 1, description: 'Of this request: its attempts' })),
    state: severalWords(buildStates, 'In these states'),
    result: severalWords(results, 'That ended so'),
    worker: Type.Optional(Type.String({ description: 'On this worker' })),
    branch: Type.Optional(Type.String({ description: 'Of this branch' })),
    revision: Type.Optional(Type.String({ description: 'Of this absolute revision' })),
    startedAfter: time('Begun then or later'),
    startedBefore: time('Begun before'),
    finishedAfter: time('Ended then or later'),
    finishedBefore: time('Ended before'),
    fields: severalWords(buildFields, 'These fields alone, for less to read'),
    include: severalWords(parts, 'These parts of a build, too'),
    ...pageQuery,
    limit: limitQuery(buildsMax),
    sort: sortQuery(buildOrders, 'newest first, by the time that the list is narrowed by'),
  },
  { additionalProperties: false },
);
type BuildsQuery = Type.Static<typeof buildsQuery>;

const listed = Type.Union([listOf(ListedBuild), listOf(BuildPart)], {
  description: 'A part of the list; with `fields` its items have those alone',
});

/** `GET /builds` */
export function buildListRoute(api: Api, { store }: { readonly store: Store }): void {
  api.get(
    '/builds',
    {
      config: { access: 'public' },
      schema: {
        tags: ['builds'],
        summary: 'Builds, newest first',
        description:
          'Filters that are given must all hold. By `finishedAt`: those that have ended. ' +
          'A day of builds for a picture: `startedAfter`, and `fields` of ' +
          `${briefFields.join(', ')}, which cost a quarter of all. With many long properties a part has fewer items than its limit.`,
        querystring: buildsQuery,
        response: answers({ 200: listed }, 410),
      },
      // A choice between two schemas would be judged by validating every answer. The items are made field by field.
      serializerCompiler: () => JSON.stringify,
    },
    async ({ query, viewer }) => {
      const filter = filterOf(query, viewer);
      const fields = fieldsOf(query);
      const withProperties = severalOf('include', query.include, parts) !== undefined;
      const brief = fields?.every((field) => isBrief.has(field)) ?? false;
      const sort = query.sort ?? usualSort(filter);
      return pageInOrder(
        store.epoch,
        'builds',
        { ...query, ...(sort && { sort }) },
        (order, limit): Promise<readonly Readable[]> => {
          const wanted = { filter, order, limit };
          return brief ? store.do(listBriefBuilds, wanted) : store.do(listBuilds, wanted);
        },
        async (builds) => {
          const whole = fields === undefined || (brief && fields.length === briefFields.length);
          const shown = builds.map((build) => {
            const seen = shownBuild(viewer, build);
            return whole ? seen : withFields(seen, fields);
          });
          return withProperties ? addProperties(store, viewer, builds, shown) : shown;
        },
      );
    },
  );
}

const isBrief: ReadonlySet<string> = new Set(briefFields);

/** What every way to read builds tells, whatever is asked for. */
type Readable = Partial<Build> & Pick<Build, (typeof briefFields)[number]>;

function filterOf(query: BuildsQuery, viewer: Viewer): BuildFilter {
  const { builder, number, request, worker, branch, revision } = query;
  return {
    builder,
    builders: viewer.builders ?? undefined,
    number,
    request,
    states: severalOf('state', query.state, buildStates),
    results: severalOf('result', query.result, results),
    worker,
    branch,
    revision,
    started: { after: query.startedAfter, before: query.startedBefore },
    finished: { after: query.finishedAfter, before: query.finishedBefore },
  };
}

/** The order in which an index has them: by another, all of the time asked for would be sorted. */
function usualSort({ started, finished }: BuildFilter): BuildsQuery['sort'] {
  if (narrows(started)) return '-startedAt';
  return narrows(finished) ? '-finishedAt' : undefined;
}

/** Each once, in their own order. */
function fieldsOf(query: BuildsQuery): readonly (keyof Build)[] | undefined {
  const asked = severalOf('fields', query.fields, buildFields);
  return asked && buildFields.filter((field) => asked.includes(field));
}

function withFields(build: Readable, fields: readonly (keyof Build)[]): BuildPart {
  const part: Partial<Record<keyof Build, unknown>> = {};
  for (const field of fields) part[field] = build[field];
  return part as BuildPart;
}

/** As many as their properties are read of. */
async function addProperties(
  store: Store,
  viewer: Viewer,
  builds: readonly Readable[],
  shown: readonly BuildPart[],
): Promise<BuildPart[]> {
  const input = { builds: builds.map(({ id }) => id), charactersMax: propertyCharactersMax };
  const all = await store.do(listProperties, input);
  return all.map((properties, index) => {
    const builder = builds[index]?.builder ?? '';
    const visible = properties.filter(({ name }) => !viewer.hidesProperty(builder, name));
    return { ...shown[index], properties: visible };
  });
}
