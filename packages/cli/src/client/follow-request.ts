import { AssertionError } from '@millrace/kernel/assert';
import type { Build } from '@millrace/protocol/api/builds';
import type { Request } from '@millrace/protocol/api/requests';
import type { ClientContext } from './client-context.ts';
import { duration } from './duration.ts';
import { eventsFrom } from './events.ts';
import { mark, markName } from './mark.ts';
import { paintFor } from './paint.ts';
import { headline, printable } from './printable.ts';
import { longPatienceMs } from './resuming-stream.ts';
import { whyOf } from './why.ts';

/** A master that was there a moment ago may be away for long: nothing is lost by waiting. */
const patient = { patienceMs: longPatienceMs };

/**
 * Waits until a request has ended, through its retries and through a master's restarts, and tells each turn
 * of it in a line on standard output (none where `quiet`). It asks when it begins to listen and after each
 * event of the request, so it sees the end however often it was cut off.
 */
export async function followRequest(
  context: ClientContext,
  id: number,
  options: { readonly quiet: boolean },
): Promise<Request> {
  const told = new Set<string>();
  const tell = async (line: string): Promise<void> => {
    if (options.quiet || told.has(line)) return;
    told.add(line);
    await context.stdout.write(`${line}\n`);
  };
  for await (const item of eventsFrom(context)) {
    if (item.kind === 'lost' || (item.kind === 'event' && item.event.request !== id)) continue;
    const request = await context.client.get<Request>(`/requests/${id}`, {}, patient);
    await tellTurn(context, request, tell);
    if (request.state === 'finished') return request;
  }
  throw new AssertionError('the events of a master do not end by themselves');
}

async function tellTurn(
  context: ClientContext,
  request: Request,
  tell: (line: string) => Promise<void>,
): Promise<void> {
  const paint = paintFor(context.colour);
  if (request.build !== null) {
    const build = await context.client.get<Build>(`/builds/${request.build}`, {}, patient);
    const name = `${printable(build.builder)}#${build.number}`;
    await tell(`build ${build.id} (${name}) started on ${printable(build.worker)}`);
    if (build.state === 'finished') {
      const why = whyOf(build).map((part) => headline(part, 100));
      const took = duration((build.finishedAt ?? build.startedAt) - build.startedAt);
      const state = mark(markName('finished', build.result), paint);
      await tell(
        `build ${build.id} (${name}) ${state} after ${took}${why.length > 0 ? `: ${why.join(': ')}` : ''}`,
      );
    }
  } else if (request.state === 'finished') {
    await tell(`request ${request.id} ${mark(markName('finished', request.result), paint)}`);
  }
  if (request.state === 'pending') {
    const again = request.retries > 0 ? ` for try ${request.retries + 1}` : '';
    await tell(
      `request ${request.id} waits${again}${request.waitsFor === null ? '' : `: ${printable(request.waitsFor)}`}`,
    );
  }
}
