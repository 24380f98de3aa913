import type { IncomingHttpHeaders } from 'node:http';
import type { HookKind } from '../../config/source-config.ts';
import type { Delivery } from './delivery.ts';
import { giteaDelivery } from './gitea-delivery.ts';
import { githubDelivery } from './github-delivery.ts';
import { gitlabDelivery } from './gitlab-delivery.ts';

/** What a delivery says. */
export function deliveryOf(kind: HookKind, headers: IncomingHttpHeaders, body: unknown): Delivery {
  return readers[kind](headers, body);
}

const readers = { github: githubDelivery, gitlab: gitlabDelivery, gitea: giteaDelivery } as const;

/**
 * The service's name for a delivery, the same when it is sent again; undefined: it gave none. GitLab's
 * `Idempotency-Key` is the same for each try, as its newer `webhook-id` is.
 */
export function deliveryId(kind: HookKind, headers: IncomingHttpHeaders): string | undefined {
  for (const name of deliveryHeaders[kind]) {
    const value = headers[name];
    if (typeof value === 'string' && /^[\x21-\x7e]{1,200}$/.test(value)) return value;
  }
  return undefined;
}

const deliveryHeaders: Readonly<Record<HookKind, readonly string[]>> = {
  github: ['x-github-delivery'],
  gitlab: ['webhook-id', 'idempotency-key', 'x-gitlab-event-uuid'],
  gitea: ['x-forgejo-delivery', 'x-gitea-delivery'],
};
