import type { QueryClient } from '@tanstack/react-query';
import type { Build, Force, Forced } from '@millrace/protocol/api/builds';
import type { Request } from '@millrace/protocol/api/requests';
import { post } from '../api/call.ts';
import { actUnlessTakenBack } from '../toasts/delayed.ts';
import { toasts } from '../toasts/toasts.ts';

const requestToastMs = 12_000;

function tellError(error: unknown): void {
  toasts.show({ text: error instanceof Error ? error.message : String(error), bad: true });
}

function tellForced(text: string, forced: Forced): void {
  const [request] = forced.requests;
  toasts.show({ text, ...(request === undefined ? {} : { request }) }, requestToastMs);
}

/** Cancels a build, unless it is taken back within five seconds. */
export function cancelBuild(build: Pick<Build, 'id' | 'builder' | 'number'>, held: QueryClient): void {
  actUnlessTakenBack(`build ${build.id}`, `Cancelling ${build.builder} #${build.number}`, async (leaving) => {
    await post<Build>(`/builds/${build.id}/cancel`, {}, leaving);
    await held.invalidateQueries({ queryKey: ['build', build.id] });
  });
}

/** Cancels a request that waits, unless it is taken back. */
export function cancelRequest(request: Pick<Request, 'id' | 'builder'>, held: QueryClient): void {
  const text = `Cancelling request ${request.id} of ${request.builder}`;
  actUnlessTakenBack(`request ${request.id}`, text, async (leaving) => {
    await post<Request>(`/requests/${request.id}/cancel`, {}, leaving);
    await held.invalidateQueries({ queryKey: ['requests'] });
  });
}

/** Builds the same again. */
export async function retryBuild(build: Pick<Build, 'id' | 'builder' | 'number'>): Promise<void> {
  await post<Forced>(`/builds/${build.id}/retry`, {}).then(
    (forced) => tellForced(`${build.builder} #${build.number} is asked for again.`, forced),
    tellError,
  );
}

/** Asks for a build. Says whether it was taken. */
export async function forceBuild(builder: string, asked: Force): Promise<boolean> {
  return post<Forced>(`/builders/${encodeURIComponent(builder)}/force`, asked).then(
    (forced) => {
      tellForced(`A build of ${builder} is asked for.`, forced);
      return true;
    },
    (error: unknown) => {
      tellError(error);
      return false;
    },
  );
}
