import type { ToldCommit, ToldPush } from './delivery.ts';
import { textAt, textsAt } from './json-value.ts';

const revisionText = /^[0-9a-f]{40}([0-9a-f]{24})?$/;
const nothing = /^0+$/;
const branchPrefix = 'refs/heads/';
const tagPrefix = 'refs/tags/';
const lengths = { branch: 1_000, message: 100_000, files: 10_000, file: 4_096, link: 2_000 } as const;

export interface PushFields {
  readonly addresses: readonly (string | undefined)[];
  readonly ref: string | undefined;
  /** The new head, or the tag; zeros: gone. */
  readonly after: string | undefined;
  /** The commit at the head, where it is told by itself: of a tag that is an object of its own, `after` is not that. */
  readonly head: unknown;
  readonly commits: readonly unknown[];
  /** How many were pushed; undefined: those that are told. */
  readonly count: number | undefined;
}

/** Or a sentence that says why it is none. */
export function toldPush(
  fields: PushFields,
): ToldPush | { readonly kind: 'malformed'; readonly message: string } {
  const { ref, after } = fields;
  const branch = branchOf(ref);
  if (branch === undefined)
    return malformed('`ref` is to be refs/heads/NAME or refs/tags/NAME, without control characters');
  const push = {
    kind: 'push',
    branch,
    addresses: fields.addresses.filter((one) => one !== undefined),
  } as const;
  if (after !== undefined && nothing.test(after)) return { ...push, revision: null, commits: [], untold: 0 };
  const head = commitOf(fields.head);
  const revision = head?.revision ?? after;
  if (revision === undefined || !revisionText.test(revision))
    return malformed('`after` is to be the id of a commit, 40 or 64 hexadecimal digits');
  const told = fields.commits.map(commitOf).filter((one) => one !== undefined);
  // A branch that is made where another is has no commit of its own: its head is what is new.
  const commits = told.some((one) => one.revision === revision)
    ? told
    : [...told, head ?? unknownCommit(revision)];
  const untold = Math.max(0, (fields.count ?? fields.commits.length) - fields.commits.length);
  return { ...push, revision, commits, untold };
}

/** A commit as all three services tell it, which took it from GitHub. */
function commitOf(value: unknown): ToldCommit | undefined {
  const revision = textAt(value, 'id');
  if (revision === undefined || !revisionText.test(revision)) return undefined;
  const name = textAt(value, 'author', 'name') ?? '';
  const email = textAt(value, 'author', 'email') ?? '';
  const at = Date.parse(textAt(value, 'timestamp') ?? '');
  const link = textAt(value, 'url') ?? '';
  const files = ['added', 'modified', 'removed'].flatMap((list) => textsAt(value, list));
  return {
    revision,
    author: email === '' ? name : `${name} <${email}>`.trim(),
    committedAt: Number.isFinite(at) && at >= 0 ? at : 0,
    message: (textAt(value, 'message') ?? '').trimEnd().slice(0, lengths.message),
    files: [...new Set(files)].filter((file) => file.length <= lengths.file).slice(0, lengths.files),
    link: /^https?:\/\/[^\s\p{Cc}]+$/u.test(link) && link.length <= lengths.link ? link : null,
  };
}

function unknownCommit(revision: string): ToldCommit {
  return { revision, author: '', committedAt: 0, message: '', files: [], link: null };
}

function branchOf(ref: string | undefined): string | undefined {
  if (ref === undefined || ref.length > lengths.branch || !/^\P{Cc}+$/u.test(ref)) return undefined;
  if (ref.startsWith(branchPrefix) && ref.length > branchPrefix.length) return ref.slice(branchPrefix.length);
  return ref.startsWith(tagPrefix) && ref.length > tagPrefix.length ? ref : undefined;
}

function malformed(what: string): { readonly kind: 'malformed'; readonly message: string } {
  return { kind: 'malformed', message: `The push is not as its service documents it: ${what}.` };
}
