import type { Request } from '@millrace/protocol/api/requests';
import type { StoredRequest } from '../store/operations/read-requests.ts';
import { waitingReasons } from '../store/operations/waiting.ts';
import type { ApiParts } from './api.ts';
import { shownRequest } from './public-view.ts';
import { everybody } from './viewer.ts';
import type { Viewer } from './viewer.ts';

/** Requests with why they wait, where they do: the config in force has a say in it. */
export async function explained(
  { store, config }: Pick<ApiParts, 'store' | 'config'>,
  requests: readonly StoredRequest[],
  viewer: Viewer = everybody,
): Promise<Request[]> {
  const pending = requests.filter(({ state }) => state === 'pending');
  const reasons =
    pending.length === 0
      ? {}
      : await store.do(waitingReasons, {
          requests: pending,
          workersOf: workersOf(config),
          trustOf: trustOf(config),
          inBrief: viewer.builders !== null,
        });
  return requests.map((request) => ({
    ...shownRequest(viewer, request),
    waitsFor: reasons[request.id] ?? null,
  }));
}

function trustOf(config: ApiParts['config']): Record<string, string> {
  return Object.fromEntries(config.get().builders.map(({ name, trust }) => [name, trust]));
}

function workersOf(config: ApiParts['config']): Record<string, readonly string[]> {
  return Object.fromEntries(config.get().builders.map(({ name, workers }) => [name, workers]));
}
