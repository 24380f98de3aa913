/** How a line of a tool's output is known for one that tells what is wrong. */
export interface ErrorPattern {
  readonly is: RegExp;
  /** How many lines after it belong to it; a blank one ends them. */
  readonly after: number;
  /** Unless it is known to write blank ones in between. */
  readonly acrossBlanks?: true;
}

/**
 * No line that is looked for is without one of these, so that of a long log most lines cost one look. Told apart
 * from the patterns because one expression of all of them would be slow at every line.
 */
const errorHint =
  /error|fail|fatal|panic|assert|exception|exit|undefined|illegal|multiple|cannot|not found|no such|denied|fault|dumped|sanitizer|interrupt|not ok|timeout|not run|^e {2}|^e: |\.go:|\*\*\*|[✖✗✕×●]/i;

/** Said of other lines, which stand before it, or of nothing at all. */
const summary =
  /^error: (could not compile|test failed|aborting due to|\d+ target)|[✖✗] failing tests|\b(0|no) (errors?|failures?|failed)\b|(errors|failures|failed)\s*[=:]\s*0\b|# (TODO|SKIP)/i;

/** What compilers and test runners write and nobody else: where there are such lines, others are noise. */
const exact: readonly ErrorPattern[] = [
  // gcc, clang, rustc in short, mypy, flow: file:line:column: error: ...
  { is: /^\S.*:\d+:? (fatal )?error\b/, after: 2 },
  // TypeScript and .NET: file(line,column): error TS1234: ..., file:1:2 - error TS1234: ...
  { is: /\(\d+,\d+\): error |:\d+:\d+ - error /, after: 2 },
  { is: /^error(\[E\d+\])?: /, after: 4 },
  { is: /^\S+\.go:\d+:\d+: /, after: 0 },
  { is: /^CMake Error\b/, after: 3 },
  {
    is: /undefined reference to|^(\S*\/)?ld(\.\w+)?: |cannot find -l|multiple definition of|Undefined symbols for/,
    after: 1,
  },
  // Node: what was expected stands below a blank line.
  { is: /^\s{0,8}AssertionError \[ERR_ASSERTION\]: /, after: 1, acrossBlanks: true },
  // Python: unittest, pytest, what is raised; JVMs, Ruby and Node write theirs alike.
  { is: /^(FAIL|ERROR): \S/, after: 0 },
  { is: /^E {2,}\S/, after: 0 },
  { is: /^(FAILED|ERROR) \S+(::|\.py\b)/, after: 0 },
  {
    is: /^\s{0,8}(Uncaught )?([\w$]+[.:]{1,2})*[\w$]*(Error|Exception|Interrupt|Failure)( \[\w+\])?(: |:?$)/,
    after: 2,
  },
  { is: /^Exception in thread /, after: 1 },
  // Rust's and Go's tests and panics.
  { is: /^test \S.* \.\.\. FAILED$/, after: 0 },
  { is: /^thread '.*' (\(\d+\) )?panicked at/, after: 3 },
  { is: /^\s*--- FAIL: /, after: 2 },
  { is: /^panic: /, after: 1 },
  // Node's, Mocha's, Jest's and Vitest's marks; TAP; CTest.
  { is: /^\s{0,8}[✖✗✕×●] \S/, after: 0 },
  { is: /^\s*FAIL {1,2}\S/, after: 0 },
  { is: /^\s*not ok \d+/, after: 8, acrossBlanks: true },
  { is: /\*\*\*(Failed|Exception|Timeout|Not Run)/, after: 3 },
  // What ends a program at once.
  { is: /Assertion [`'"].*' failed|assertion failed|\bAssertion failed:/i, after: 0 },
  { is: /Segmentation fault|core dumped|Bus error|Illegal instruction|Floating point exception/, after: 0 },
  { is: /AddressSanitizer|LeakSanitizer|ThreadSanitizer|runtime error: /, after: 2 },
];

/** What programs of all kinds say of themselves when they give up. */
const general: readonly ErrorPattern[] = [
  { is: /^([^\s:]+: )*(\S+:\d+: )?(fatal|error|fatal error)(\[[^\]]*\])?: \S/i, after: 1 },
  { is: /^\[?(error|fatal)\]?\s/i, after: 1 },
  { is: /^E: \S/, after: 0 },
  { is: /^npm (ERR!|error) (?!A complete log|code )\S/, after: 0 },
  {
    is: /(command )?not found$|: No such file or directory|Permission denied|Cannot find module|No module named/i,
    after: 0,
  },
  { is: /^g?make(\[\d+\])?: \*\*\* /, after: 0 },
];

/** Words that are at least a hint. */
const words: readonly ErrorPattern[] = [
  { is: /\b(errors?|failed|failure|fatal|exception|cannot|denied|timed? ?out)\b/i, after: 0 },
];

/** From the surest on: the first that finds something in a log is the one that counts. */
export const errorTiers: readonly (readonly ErrorPattern[])[] = [exact, general, words];

/** Which tier a plain line belongs to, and how much of what follows; undefined: none. */
export function errorTier(line: string): (Omit<ErrorPattern, 'is'> & { readonly tier: number }) | undefined {
  if (!errorHint.test(line) || summary.test(line)) return undefined;
  for (const [tier, patterns] of errorTiers.entries()) {
    const found = patterns.find(({ is }) => is.test(line));
    if (found !== undefined) return { ...found, tier };
  }
  return undefined;
}
