import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { Build, BuildDetail } from '@millrace/protocol/api/builds';
import type { FirstErrors } from '@millrace/protocol/api/build-errors';
import type { Builder } from '@millrace/protocol/api/builders';
import type { Master } from '@millrace/protocol/api/masters';
import type { Load, Stalls } from '@millrace/protocol/api/profiles';
import type { Repository } from '@millrace/protocol/api/repositories';
import type { Request } from '@millrace/protocol/api/requests';
import type { Worker } from '@millrace/protocol/api/workers';
import { get } from './call.ts';

export interface List<Item> {
  readonly items: Item[];
  readonly nextCursor: string | null;
}

export interface BuildFilter {
  readonly builder?: string | undefined;
  readonly branch?: string | undefined;
  readonly state?: string | undefined;
  readonly result?: string | undefined;
}

/** What is held of the API, by the noun first: the noun is what an event makes stale. */
export const queries = {
  builds: (filter: BuildFilter) =>
    infiniteQueryOptions({
      queryKey: ['builds', filter],
      queryFn: ({ pageParam, signal }) =>
        get<List<Build>>('/builds', { ...filter, limit: 50, cursor: pageParam }, signal),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (last) => last.nextCursor ?? undefined,
    }),
  running: () =>
    queryOptions({
      queryKey: ['builds', 'running'],
      queryFn: ({ signal }) => get<List<Build>>('/builds', { state: 'running', limit: 100 }, signal),
    }),
  /** The last ones that ended: what an estimate and "fails since" are made of. */
  history: (builder: string, branch: string | undefined) =>
    queryOptions({
      queryKey: ['builds', 'history', builder, branch],
      queryFn: ({ signal }) =>
        get<List<Build>>('/builds', { builder, branch, state: 'finished', limit: 50 }, signal),
    }),
  build: (id: number) =>
    queryOptions({
      queryKey: ['build', id],
      queryFn: ({ signal }) => get<BuildDetail>(`/builds/${id}`, {}, signal),
    }),
  /** Below the build's key: what makes the build stale makes this stale, too. */
  buildErrors: (id: number) =>
    queryOptions({
      queryKey: ['build', id, 'errors'],
      queryFn: ({ signal }) => get<FirstErrors>(`/builds/${id}/errors`, {}, signal),
    }),
  builders: () =>
    queryOptions({
      queryKey: ['builders'],
      queryFn: ({ signal }) => get<List<Builder>>('/builders', {}, signal),
    }),
  builder: (name: string) =>
    queryOptions({
      queryKey: ['builders', name],
      queryFn: ({ signal }) => get<Builder>(`/builders/${encodeURIComponent(name)}`, {}, signal),
    }),
  repositories: () =>
    queryOptions({
      queryKey: ['repositories'],
      queryFn: ({ signal }) => get<List<Repository>>('/repositories', { limit: 1000 }, signal),
    }),
  queue: () =>
    queryOptions({
      queryKey: ['requests', 'pending'],
      queryFn: ({ signal }) =>
        get<List<Request>>('/requests', { state: 'pending', sort: '-priority', limit: 200 }, signal),
    }),
  request: (id: number) =>
    queryOptions({
      queryKey: ['requests', id],
      queryFn: ({ signal }) => get<Request>(`/requests/${id}`, {}, signal),
    }),
  masters: () =>
    queryOptions({
      queryKey: ['masters'],
      queryFn: ({ signal }) => get<List<Master>>('/masters', { limit: 1000 }, signal),
    }),
  master: (name: string) =>
    queryOptions({
      queryKey: ['masters', name],
      queryFn: ({ signal }) => get<Master>(`/masters/${encodeURIComponent(name)}`, {}, signal),
    }),
  stalls: (master: string) =>
    queryOptions({
      queryKey: ['stalls', master],
      queryFn: ({ signal }) => get<Stalls>(`/masters/${encodeURIComponent(master)}/stalls`, {}, signal),
    }),
  /** A minute is written when it is over and then stays as it is: a later `to` is another question. */
  load: (master: string, range: Pick<Load, 'from' | 'to' | 'resolution'>) =>
    queryOptions({
      queryKey: ['load', master, range],
      queryFn: ({ signal }) => get<Load>(`/masters/${encodeURIComponent(master)}/load`, { ...range }, signal),
      gcTime: 120_000,
    }),
  workers: () =>
    queryOptions({
      queryKey: ['workers'],
      queryFn: ({ signal }) => get<List<Worker>>('/workers', {}, signal),
    }),
};
