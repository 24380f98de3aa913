import type { IncomingHttpHeaders } from 'node:http';
import type { Delivery } from './delivery.ts';
import { listAt, numberAt, textAt } from './json-value.ts';
import { toldPush } from './told-push.ts';

/**
 * docs.gitlab.com, "Webhook events": push events and tag events. They list 20 commits at most and say how many
 * there are. Of a tag, `checkout_sha` is the commit and `after` may be an object of its own.
 */
export function gitlabDelivery(headers: IncomingHttpHeaders, body: unknown): Delivery {
  const event = textAt(body, 'object_kind') ?? String(headers['x-gitlab-event'] ?? '');
  if (event !== 'push' && event !== 'tag_push') return { kind: 'other', event };
  const after = textAt(body, 'after');
  const isGone = after !== undefined && /^0+$/.test(after);
  return toldPush({
    addresses: [
      ...['git_http_url', 'git_ssh_url', 'web_url', 'http_url', 'ssh_url'].map((name) =>
        textAt(body, 'project', name),
      ),
      ...['git_http_url', 'git_ssh_url'].map((name) => textAt(body, 'repository', name)),
    ],
    ref: textAt(body, 'ref'),
    after: isGone ? after : (textAt(body, 'checkout_sha') ?? after),
    head: undefined,
    commits: listAt(body, 'commits'),
    count: numberAt(body, 'total_commits_count'),
  });
}
