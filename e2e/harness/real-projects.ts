/** A small project of somebody's, and the same with a test that fails. */
export interface RealProject {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** The steps that `millrace init` makes of it, after the checkout. */
  readonly steps: readonly string[];
  readonly broken: Readonly<Record<string, string>>;
  /** What a person has to see on the page of the build that broke. */
  readonly reason: readonly string[];
}

const node: RealProject = {
  name: 'node',
  files: {
    'package.json': JSON.stringify({
      name: 'sum',
      version: '1.0.0',
      type: 'module',
      scripts: { build: 'node --check sum.js', test: 'node --test --test-reporter=spec' },
    }),
    'package-lock.json': JSON.stringify({
      name: 'sum',
      version: '1.0.0',
      lockfileVersion: 3,
      packages: { '': { name: 'sum', version: '1.0.0' } },
    }),
    'sum.js': 'export const sum = (a, b) => a + b;\n',
    'test/sum.test.js': `import assert from 'node:assert/strict';
import test from 'node:test';
import { sum } from '../sum.js';
test('adds two numbers', () => assert.equal(sum(2, 2), 4));
`,
  },
  steps: ['npm ci --no-audit --no-fund', 'npm run build', 'npm test'],
  broken: { 'sum.js': 'export const sum = (a, b) => a * b + 1;\n' },
  reason: ['✖ adds two numbers', 'AssertionError [ERR_ASSERTION]', '5 !== 4'],
};

const python: RealProject = {
  name: 'python',
  files: {
    'pyproject.toml': '[project]\nname = "calc"\nversion = "1.0"\n',
    'calc.py': 'def add(a, b):\n    return a + b\n',
    'tests/test_calc.py': `import unittest
from calc import add


class Adding(unittest.TestCase):
    def test_two_and_two(self):
        self.assertEqual(add(2, 2), 4)
`,
  },
  steps: ['python3 -m unittest discover -s tests'],
  broken: { 'calc.py': 'def add(a, b):\n    return a + b + 1\n' },
  reason: ['FAIL: test_two_and_two', 'AssertionError: 5 != 4'],
};

const rust: RealProject = {
  name: 'rust',
  files: {
    '.gitignore': '/target\n',
    'Cargo.toml': '[package]\nname = "calc"\nversion = "0.1.0"\nedition = "2021"\n',
    'Cargo.lock': 'version = 3\n\n[[package]]\nname = "calc"\nversion = "0.1.0"\n',
    'src/lib.rs': `pub fn add(a: i32, b: i32) -> i32 {
    a + b
}

#[cfg(test)]
mod tests {
    #[test]
    fn two_and_two() {
        assert_eq!(super::add(2, 2), 4);
    }
}
`,
  },
  steps: ['cargo build --locked', 'cargo test --locked'],
  broken: { 'tests/more.rs': '#[test]\nfn three() {\n    assert_eq!(calc::add(1, 1), 3);\n}\n' },
  reason: ['test three ... FAILED', "thread 'three'"],
};

const c: RealProject = {
  name: 'c',
  files: {
    'add.c': 'int add(int a, int b) { return a + b; }\n',
    'test.c': `#include <assert.h>
int add(int a, int b);
int main(void) {
  assert(add(2, 2) == 4);
  return 0;
}
`,
    Makefile: `all: libadd.a

libadd.a: add.o
\tar rcs $@ $^

.PHONY: check
check: add-test
\t./add-test

add-test: test.o libadd.a
\t$(CC) -o $@ $^
`,
  },
  steps: ['make', 'make check'],
  broken: { 'add.c': 'int add(int a, int b) { return a - b; }\n' },
  reason: ["Assertion `add(2, 2) == 4' failed"],
};

const cxx: RealProject = {
  name: 'c++',
  files: {
    'CMakeLists.txt': `cmake_minimum_required(VERSION 3.16)
project(calc CXX)
enable_testing()
add_executable(calc-test test.cpp)
add_test(NAME adds COMMAND calc-test)
`,
    'add.hpp': 'inline int add(int a, int b) { return a + b; }\n',
    'test.cpp': `#include "add.hpp"
int main() { return add(2, 2) == 4 ? 0 : 1; }
`,
  },
  steps: [
    'cmake -S . -B build',
    'cmake --build build --parallel 4',
    'ctest --test-dir build --output-on-failure',
  ],
  // Not a test but the compiler says no: that is told, too.
  broken: { 'add.hpp': 'inline int add(int a, int b) { return a + c; }\n' },
  reason: ['add.hpp:1:', 'was not declared in this scope'],
};

/** Without dependencies, so that nothing is fetched. */
export const realProjects: readonly RealProject[] = [node, python, rust, c, cxx];
