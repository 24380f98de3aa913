import type { MillraceEvent } from '@millrace/protocol/event';
import type { ClientContext } from './client-context.ts';
import { longPatienceMs, resumingStream } from './resuming-stream.ts';
import type { UnreachableError } from './unreachable-error.ts';

export type EventItem =
  /** Listening (again): what is asked from here on is not older than the events that follow. */
  | { readonly kind: 'listening' }
  | { readonly kind: 'event'; readonly event: MillraceEvent }
  | { readonly kind: 'lost' };

/** The master's events from `after`, or from now, for as long as somebody reads them. Says so when it is cut off. */
export async function* eventsFrom(context: ClientContext, after?: string): AsyncGenerator<EventItem, void> {
  let lost = false;
  const stream = resumingStream({
    client: context.client,
    clock: context.clock,
    random: context.random,
    path: '/events',
    query: (id) => ({ after: id }),
    id: after,
    patienceMs: longPatienceMs,
  });
  for await (const item of stream) {
    if (item.kind === 'connected') {
      if (lost) context.note('the master is back');
      lost = false;
      yield { kind: 'listening' };
    } else if (item.kind === 'lost') {
      lost = true;
      context.note(awayNote(item.error));
      yield { kind: 'lost' };
    } else if (item.message.event === 'message' || item.message.event.includes('.')) {
      yield { kind: 'event', event: JSON.parse(item.message.data) as MillraceEvent };
    }
  }
}

/** What is said once a master has gone away that was there before. */
export function awayNote(error: UnreachableError): string {
  return `lost the master at ${error.where}; trying again for up to ${longPatienceMs / 60_000} minutes`;
}
