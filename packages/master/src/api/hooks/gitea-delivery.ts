import type { IncomingHttpHeaders } from 'node:http';
import type { Delivery } from './delivery.ts';
import { fieldOf, listAt, numberAt, textAt } from './json-value.ts';
import { toldPush } from './told-push.ts';

/**
 * docs.gitea.com, "Webhooks"; Forgejo sends the same under its own headers too. Commits come newest first, a page
 * of them, and `total_commits` says how many there are.
 */
export function giteaDelivery(headers: IncomingHttpHeaders, body: unknown): Delivery {
  const event = String(headers['x-forgejo-event'] ?? headers['x-gitea-event'] ?? '');
  if (event !== 'push') return { kind: 'other', event };
  return toldPush({
    addresses: ['clone_url', 'ssh_url', 'html_url'].map((name) => textAt(body, 'repository', name)),
    ref: textAt(body, 'ref'),
    after: textAt(body, 'after'),
    head: fieldOf(body, 'head_commit'),
    commits: listAt(body, 'commits').toReversed(),
    count: numberAt(body, 'total_commits'),
  });
}
