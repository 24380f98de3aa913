/**
 * How two versions are compared, all of it said: a user's `diff.renames=false` alone adds 1,114 lines to each
 * side of git.git's year 2023, and an external differ or a text conversion adds anything.
 *
 * Plain Myers, whole lines, no colours, paths as bytes between NULs, full object names (shortening them
 * costs a search), a submodule as the one line that names its commit.
 */
const compareFlags = [
  '-z',
  '--numstat',
  '--no-abbrev',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--no-relative',
  '--diff-algorithm=myers',
  '--indent-heuristic',
  '--ignore-submodules=none',
  '--submodule=short',
] as const;

/** For the lines of one commit: the empty tree against it, where nothing can be renamed. */
export const linesFlags = [...compareFlags, '--no-renames'] as const;

/**
 * For changes: renames found at half alike, among at most 1,000 candidates of a commit (git's own default,
 * said because it is a setting); `--raw` names the versions of what is binary.
 */
export const changeFlags = [...compareFlags, '--raw', '--find-renames=50%', '-l1000'] as const;

/** For `git log`: the first commit's files count as added; nothing is shown that was not asked for. */
export const logFlags = [
  '--root',
  '--no-show-signature',
  '--no-notes',
  '--no-decorate',
  '--encoding=UTF-8',
] as const;
