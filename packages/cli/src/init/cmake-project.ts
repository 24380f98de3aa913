import { compilersOfCmake } from './c-compilers.ts';
import type { ProjectFiles, Recognise } from './recognised.ts';

/** CMake, built beside the sources; CTest where tests are added. */
export const cmakeProject: Recognise = (files) => {
  if (!files.has('CMakeLists.txt')) return undefined;
  const folder = buildFolder(files);
  const tested = files
    .matching(/(^|\/)CMakeLists\.txt$|\.cmake$/)
    .some((name) =>
      /\b(enable_testing|add_test|catch_discover_tests|gtest_discover_tests)\s*\(|\binclude\s*\(\s*CTest\s*\)/i.test(
        files.text(name),
      ),
    );
  return {
    kind: 'cmake',
    because: ['CMakeLists.txt'],
    steps: [
      { line: `cmake -S . -B ${folder}` },
      { line: `cmake --build ${folder} --parallel 4`, why: 'Four compilers at a time.' },
      ...(tested ? [{ line: `ctest --test-dir ${folder} --output-on-failure` }] : []),
    ],
    env: {},
    tools: [
      { command: 'cmake', from: 'cmake' },
      { command: 'make', from: 'make' },
      ...compilersOfCmake(files.text('CMakeLists.txt')),
    ],
  };
};

/** `build`, unless the repository has a folder of this name. */
function buildFolder(files: ProjectFiles): string {
  return files.matching(/^build(\/|$)/).length === 0 ? 'build' : 'build-millrace';
}
