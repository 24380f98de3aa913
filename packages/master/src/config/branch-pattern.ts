/** What the name of a tag begins with, where branches stand. */
export const tagPrefix = 'refs/tags/';

/**
 * Whether a branch is meant by one of the patterns: names, with `*` for any part of one (`release/*`). A tag is
 * meant by patterns of tags alone: `*` is every branch.
 */
export function matchesBranch(patterns: readonly string[], branch: string): boolean {
  const isTag = branch.startsWith(tagPrefix);
  return patterns.some((pattern) => pattern.startsWith(tagPrefix) === isTag && matches(pattern, branch));
}

function matches(pattern: string, branch: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === branch;
  if (!branch.startsWith(first)) return false;
  let from = first.length;
  for (const part of rest) {
    const found = branch.indexOf(part, from);
    if (found === -1) return false;
    from = found + part.length;
  }
  return branch.length - last.length >= from && branch.endsWith(last);
}
