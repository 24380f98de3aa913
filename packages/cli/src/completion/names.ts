import type { Build } from '@millrace/protocol/api/builds';
import type { Request } from '@millrace/protocol/api/requests';
import type { ApiClient, Query } from '../client/api-client.ts';
import type { Candidate, NamedNoun } from './complete.ts';

/** More than anybody reads through at the tab key. */
const namesMax = 200;

interface Question {
  readonly path: string;
  readonly query: Query;
  readonly candidates: (item: never) => readonly Candidate[];
}

const named = (item: { readonly name: string }): readonly Candidate[] => [
  { value: item.name, description: '' },
];

const questions: Readonly<Record<NamedNoun, Question>> = {
  builders: { path: '/builders', query: {}, candidates: named },
  workers: { path: '/workers', query: {}, candidates: named },
  schedulers: { path: '/schedulers', query: {}, candidates: named },
  builds: {
    path: '/builds',
    query: {},
    candidates: (build: Build) => [
      {
        value: String(build.id),
        description: `${build.builder}#${build.number} ${build.result ?? build.state}`,
      },
    ],
  },
  requests: {
    path: '/requests',
    query: { state: 'pending' },
    candidates: (request: Request) => [{ value: String(request.id), description: request.builder }],
  },
};

/** The names that a master knows. @throws what the client throws where there is none, or it says no */
export async function namesOf(
  client: ApiClient,
  noun: NamedNoun,
  patienceMs: number,
): Promise<readonly Candidate[]> {
  const { path, query, candidates } = questions[noun];
  const found = await client.get<{ items: never[] }>(path, { ...query, limit: namesMax }, { patienceMs });
  return found.items.flatMap(candidates);
}

/** What every shell takes for one plain word, wherever in a line it stands. */
export function isPlainWord(value: string): boolean {
  return /^[A-Za-z0-9_.@/+,#=-]+$/u.test(value) && !value.startsWith('#');
}
