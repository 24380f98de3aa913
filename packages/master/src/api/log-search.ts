import Type from 'typebox';
import { LogMatches } from '@millrace/protocol/api/logs';
import type { LogSearch } from '../logs/search-log.ts';
import type { Store } from '../store/store.ts';
import type { Api } from './api.ts';
import { answers } from './answers.ts';
import { unknownNumber } from './api-problem.ts';
import { readListCursor, writeListCursor } from './list-cursor.ts';
import { pageQuery } from './list-page.ts';
import { mustSee } from './logs.ts';
import { idParams } from './route-params.ts';

const searchQuery = Type.Object(
  {
    text: Type.String({ minLength: 1, maxLength: 1000, description: 'What to look for; no pattern' }),
    matchCase: Type.Optional(
      Type.Boolean({ default: false, description: 'Whether large and small letters differ' }),
    ),
    ...pageQuery,
  },
  { additionalProperties: false },
);

/** `/logs/{id}/search`: the lines of a log that have a text in them. */
export function logSearchRoutes(
  api: Api,
  { store, search }: { readonly store: Store; readonly search: LogSearch },
): void {
  api.get(
    '/logs/:id/search',
    {
      config: { access: 'public' },
      schema: {
        tags: ['logs'],
        summary: 'Lines that have a text in them',
        description:
          'From the first on. An answer looks through 32 MiB of output at most: `nextCursor` goes on from there, also where nothing was found.',
        params: idParams,
        querystring: searchQuery,
        response: answers({ 200: LogMatches }, 404, 410),
      },
    },
    async ({ params, query, viewer }) => {
      await mustSee(store, viewer, params.id);
      const { text, matchCase = false, limit = 100, cursor } = query;
      const list = `search of ${params.id}`;
      const [byte = 0, line = 0] = cursor === undefined ? [] : readListCursor(store.epoch, list, cursor, 2);
      const found = await search.find(params.id, { place: { byte, line } }, { text, matchCase, limit });
      if (!found) throw unknownNumber('log', params.id);
      const { log, matches, next } = found;
      return {
        items: [...matches],
        nextCursor: next ? writeListCursor(store.epoch, list, [next.byte, next.line]) : null,
        lines: log.lines,
        state: log.state,
      };
    },
  );
}
