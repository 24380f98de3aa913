import { Load, loadResolutions, Profile, ProfileAsked, Stalls } from '@millrace/protocol/api/profiles';
import { profileSecondsDefault } from '@millrace/protocol/api/profile-bounds';
import Type from 'typebox';
import { LoadFold, minutesIn } from '../profile/fold-load.ts';
import { causesOf } from '../profile/stall-causes.ts';
import { readLoad } from '../store/operations/load.ts';
import { listStalls } from '../store/operations/stalls.ts';
import type { Api, ApiParts } from './api.ts';
import { answers } from './answers.ts';
import { ApiProblem, invalidField } from './api-problem.ts';
import { mustBeHere, mustKnowMaster } from './known-master.ts';
import { emptyBody, nameParams } from './route-params.ts';

type Parts = Pick<ApiParts, 'store' | 'clock' | 'master' | 'takeProfile'>;

const minuteMs = 60_000;
const pointsMax = 1_500;
/** So many minutes are read at once: a year is read in pieces, and everybody else has their turn between them. */
const minutesAtOnce = 1_440;
const stallsShown = 200;

const loadQuery = Type.Object(
  {
    from: Type.Optional(
      Type.Integer({ minimum: 0, description: 'In milliseconds since 1970 (a day before `to`)' }),
    ),
    to: Type.Optional(Type.Integer({ minimum: 0, description: 'Up to then (now)' })),
    resolution: Type.Optional(
      Type.Enum([...loadResolutions], {
        type: 'string',
        description: 'How much time a point stands for (the finest that gives few enough points)',
      }),
    ),
  },
  { additionalProperties: false },
);

/** `/masters/{name}/profile`, `/stalls` and `/load`: what a master does with its time. */
export function profileRoutes(api: Api, { store, clock, master, takeProfile }: Parts): void {
  api.post(
    '/masters/:name/profile',
    {
      config: { access: 'admin' },
      schema: {
        tags: ['masters'],
        summary: 'Take a profile of a running master',
        description:
          'Samples what it does for some seconds, from a second thread, and answers then. One is taken at a time.',
        params: nameParams,
        querystring: emptyBody,
        body: ProfileAsked,
        response: answers({ 200: Profile }, 404, 409, 503),
      },
    },
    async ({ params, body }) => {
      await mustKnowMaster(store, master, params.name);
      mustBeHere(master, params.name, 'look into itself');
      const { seconds = profileSecondsDefault, cpuProfile = false } = body;
      const taken = await takeProfile({ seconds, cpuProfile });
      if (taken.kind === 'taken') return taken.profile;
      if (taken.kind === 'failed') throw new ApiProblem(503, 'profile-failed', taken.message);
      throw new ApiProblem(
        409,
        'profile-running',
        `A profile of "${master}" is being taken already. Ask again when it is done.`,
      );
    },
  );

  api.get(
    '/masters/:name/stalls',
    {
      config: { access: 'read' },
      schema: {
        tags: ['masters'],
        summary: 'When the event loop of a master stood still, and why',
        description: 'For a quarter of a second or longer. Causes are of the last 1,000, newest first.',
        params: nameParams,
        querystring: emptyBody,
        response: answers({ 200: Stalls }, 404),
      },
    },
    async ({ params }) => {
      await mustKnowMaster(store, master, params.name);
      const stalls = await store.do(listStalls, { master: params.name });
      return { causes: causesOf(stalls), stalls: stalls.slice(0, stallsShown) };
    },
  );

  api.get(
    '/masters/:name/load',
    {
      config: { access: 'read' },
      schema: {
        tags: ['masters'],
        summary: 'How busy a master was, by minute, hour or day',
        description:
          'Kept for a year, with marks where it was started, became another version or had its config reloaded.',
        params: nameParams,
        querystring: loadQuery,
        response: answers({ 200: Load }, 404),
      },
    },
    async ({ params, query }): Promise<Load> => {
      await mustKnowMaster(store, master, params.name);
      const to = query.to ?? clock.now();
      const from = query.from ?? Math.max(0, to - 24 * 60 * minuteMs);
      if (from > to) throw invalidField('from', `it must not be later than \`to\` (${to})`);
      const minutes = Math.ceil((to - from) / minuteMs);
      const resolution =
        query.resolution ?? loadResolutions.find((one) => minutes / minutesIn[one] <= pointsMax) ?? 'day';
      if (minutes / minutesIn[resolution] > pointsMax) {
        const message = `from \`from\` to \`to\` it would give more than ${pointsMax} points: ask for a coarser one, or for less time`;
        throw invalidField('resolution', message);
      }
      const fold = new LoadFold(resolution);
      const last = Math.ceil(to / minuteMs);
      for (let next = Math.floor(from / minuteMs); next < last;) {
        const part = { master: params.name, from: next, to: last, limit: minutesAtOnce };
        const found = await store.do(readLoad, part);
        for (const minute of found) fold.add(minute);
        const lastFound = found.at(-1);
        if (!lastFound || found.length < minutesAtOnce) break;
        next = lastFound.minute + 1;
      }
      return { master: params.name, from, to, resolution, ...fold.end() };
    },
  );
}
