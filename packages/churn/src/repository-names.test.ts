import { expect, test } from 'vitest';
import { repositoryNames } from './repository-names.ts';

test('a repository is called by its folder, and by those above it where two are called the same', () => {
  expect(repositoryNames(['/a/mill', '/b/race.git'])).toEqual(['mill', 'race']);
  expect(repositoryNames(['/a/x/mill', '/a/y/mill', '/a/y/race'])).toEqual(['x/mill', 'y/mill', 'race']);
  expect(repositoryNames(['/a/mill', '/a/mill.git', '/'])).toEqual(['/a/mill', '/a/mill.git', '/']);
  expect(repositoryNames(['/mill', '/b/mill'])).toEqual(['/mill', 'b/mill']);
});
