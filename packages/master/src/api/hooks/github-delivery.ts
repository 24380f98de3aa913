import type { IncomingHttpHeaders } from 'node:http';
import type { Delivery } from './delivery.ts';
import { fieldOf, listAt, textAt } from './json-value.ts';
import { toldPush } from './told-push.ts';

/** GitHub lists so many commits at most, and does not say how many there are. */
const commitsListedMax = 2_048;

/** docs.github.com, "Webhook events and payloads": `push`. */
export function githubDelivery(headers: IncomingHttpHeaders, body: unknown): Delivery {
  const event = String(headers['x-github-event'] ?? '');
  if (event === 'ping') return { kind: 'ping' };
  if (event !== 'push') return { kind: 'other', event };
  const listed = listAt(body, 'commits');
  // Of a merge of a branch that was pushed before, the merge alone is new to the repository.
  const distinct = listed.filter((commit) => fieldOf(commit, 'distinct') !== false);
  const commits = distinct.length > 0 ? distinct : listed;
  return toldPush({
    addresses: ['clone_url', 'ssh_url', 'git_url', 'html_url'].map((name) =>
      textAt(body, 'repository', name),
    ),
    ref: textAt(body, 'ref'),
    after: textAt(body, 'after'),
    head: fieldOf(body, 'head_commit'),
    commits,
    count: listed.length >= commitsListedMax ? commits.length + 1 : undefined,
  });
}
