import { describe, expect, it } from 'vitest';
import { ErrorLineFinder, errorLinesMax } from './error-lines.ts';

function found(log: string): readonly string[] {
  const finder = new ErrorLineFinder();
  for (const [line, text] of log.split('\n').entries()) finder.push(line, `${text}\n`);
  return finder.errors.map(({ text }) => text);
}

describe('the first error lines of', () => {
  it('gcc', () => {
    const log = `cc -Wall -c -o add.o add.c
add.c: In function ‘add’:
add.c:1:36: error: ‘c’ undeclared (first use in this function)
    1 | int add(int a, int b) { return a + c }
      |                                    ^
add.c:1:36: note: each undeclared identifier is reported only once
make: *** [<builtin>: add.o] Error 1`;
    expect(found(log)).toEqual([
      'add.c:1:36: error: ‘c’ undeclared (first use in this function)',
      '    1 | int add(int a, int b) { return a + c }',
      '      |                                    ^',
    ]);
  });

  it('a C program whose assertion fails', () => {
    expect(
      found("./test\ntest: test.c:3: main: Assertion `add(2, 2) == 5' failed.\nmake: *** [check] Aborted"),
    ).toEqual(["test: test.c:3: main: Assertion `add(2, 2) == 5' failed."]);
  });

  it('rustc and its tests', () => {
    const compiled = `   Compiling calc v0.1.0 (/calc)
error[E0425]: cannot find value \`c\` in this scope
 --> src/lib.rs:1:41
  |
1 | pub fn add(a: i32, b: i32) -> i32 { a + c }
  |                                         ^
error: could not compile \`calc\` (lib) due to 1 previous error`;
    expect(found(compiled).slice(0, 2)).toEqual([
      'error[E0425]: cannot find value `c` in this scope',
      ' --> src/lib.rs:1:41',
    ]);
    expect(found(compiled).join('\n')).not.toContain('could not compile');
    const tested = `running 1 test
test tests::two_and_two ... FAILED

failures:

---- tests::two_and_two stdout ----

thread 'tests::two_and_two' panicked at src/lib.rs:6:24:
assertion \`left == right\` failed
  left: 4
 right: 5
note: run with \`RUST_BACKTRACE=1\`

test result: FAILED. 0 passed; 1 failed
error: test failed, to rerun pass \`--lib\``;
    expect(found(tested)).toEqual([
      'test tests::two_and_two ... FAILED',
      "thread 'tests::two_and_two' panicked at src/lib.rs:6:24:",
      'assertion `left == right` failed',
      '  left: 4',
      ' right: 5',
    ]);
  });

  it('unittest and pytest', () => {
    const log = `F
======================================================================
FAIL: test_two_and_two (test_calc.Adding.test_two_and_two)
----------------------------------------------------------------------
Traceback (most recent call last):
  File "/tests/test_calc.py", line 5, in test_two_and_two
    self.assertEqual(add(2, 2), 5)
AssertionError: 4 != 5

----------------------------------------------------------------------
Ran 1 test in 0.000s

FAILED (failures=1)`;
    expect(found(log).slice(0, 2)).toEqual([
      'FAIL: test_two_and_two (test_calc.Adding.test_two_and_two)',
      'AssertionError: 4 != 5',
    ]);
    expect(
      found(
        '>       assert add(2, 2) == 5\nE       assert 4 == 5\n\nFAILED tests/test_calc.py::test_add - assert 4 == 5',
      ),
    ).toEqual(['E       assert 4 == 5', 'FAILED tests/test_calc.py::test_add - assert 4 == 5']);
  });

  it('Node, in its own words and as TAP', () => {
    const spec = `✖ adds two numbers (1.3ms)
ℹ tests 1
ℹ fail 1

✖ failing tests:

test at test/sum.test.js:4:1
✖ adds two numbers (1.3ms)
  AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:

  4 !== 5

      at TestContext.<anonymous> (file:///test/sum.test.js:4:39)`;
    expect(found(spec).slice(0, 3)).toEqual([
      '✖ adds two numbers (1.3ms)',
      '  AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:',
      '  4 !== 5',
    ]);
    const tap = `TAP version 13
not ok 1 - adds two numbers
  ---
  duration_ms: 2.06
  location: 'test/sum.test.js:4:1'
  failureType: 'testCodeFailure'
  error: |-
    Expected values to be strictly equal:

    4 !== 5

  code: 'ERR_ASSERTION'`;
    expect(found(tap)).toContain('    4 !== 5');
  });

  it('TypeScript, Go and CMake with CTest', () => {
    expect(found("src/a.ts(3,7): error TS2322: Type 'string' is not assignable")).toHaveLength(1);
    expect(
      found('--- FAIL: TestAdd (0.00s)\n    add_test.go:8: Add(2, 2) = 4, not 5\nFAIL\nFAIL\tcalc\t0.001s'),
    ).toEqual(['--- FAIL: TestAdd (0.00s)', '    add_test.go:8: Add(2, 2) = 4, not 5', 'FAIL']);
    const ctest = `1/1 Test #1: adds .............................***Failed    0.01 sec
FAIL: add(2, 2) is 4, not 5

0% tests passed, 1 tests failed out of 1`;
    expect(found(ctest).slice(0, 2)).toEqual([
      '1/1 Test #1: adds .............................***Failed    0.01 sec',
      'FAIL: add(2, 2) is 4, not 5',
    ]);
  });

  it('the shell, git and npm', () => {
    expect(found('/bin/sh: 1: cmake: not found')).toEqual(['/bin/sh: 1: cmake: not found']);
    expect(found('fatal: not a git repository')).toEqual(['fatal: not a git repository']);
    expect(found('npm error code ENOENT\nnpm error Missing script: "test"')[0]).toBe(
      'npm error Missing script: "test"',
    );
  });
});

it('takes what only sounds like an error where nothing is surer, and counts of none for none', () => {
  expect(found('3 passed, 0 failed\nthe upload failed at 3 %\n0 errors')).toEqual([
    'the upload failed at 3 %',
  ]);
  expect(found('all is well\n0 errors\nerrors: 0')).toEqual([]);
});

it('keeps the last lines for where there is none', () => {
  const finder = new ErrorLineFinder();
  for (let line = 0; line < 1_000; line += 1) finder.push(line, `line ${line}`);
  expect(finder.last).toHaveLength(errorLinesMax);
  expect(finder.last.at(-1)).toEqual({ line: 999, text: 'line 999' });
});

it('shows no colours, nothing that was overwritten, and no more of a line than is read at a glance', () => {
  expect(found(`10%\r50%\r\u001b[1;31merror\u001b[0m: it broke\u0007\r`)).toEqual(['error: it broke']);
  const [long = ''] = found(`error: ${'x'.repeat(100_000)}`);
  expect(long).toHaveLength(401);
});

it('is bounded, and full once nothing that comes can matter', () => {
  const finder = new ErrorLineFinder();
  for (let line = 0; line < 100; line += 1) finder.push(line, `a.c:${line}:1: error: ${line}`);
  expect(finder.full).toBe(true);
  expect(finder.errors.map(({ line }) => line)).toEqual(
    Array.from({ length: errorLinesMax }, (_, line) => line),
  );
});

it('costs little a line, whatever stands in it', () => {
  const finder = new ErrorLineFinder();
  const hostile = [
    'a:'.repeat(300) + ' error',
    '('.repeat(400) + 'error',
    `${' '.repeat(400)}Error`,
    'not ok '.repeat(80),
  ];
  for (let line = 0; line < 4_000; line += 1) finder.push(line, hostile[line % 4] ?? '');
  expect(finder.last.length).toBeGreaterThan(0);
});
