import { describe, expect, it } from 'vitest';
import { matrix } from './matrix.ts';

const common = { steps: () => [] };
const platforms = [
  { name: 'linux', workers: ['linux-1', 'linux-2'] },
  { name: 'mac', workers: ['mac-1'] },
];

describe('matrix', () => {
  it('makes a builder for each combination, the last axis first', () => {
    const builders = matrix({
      name: 'test-{platform}-{kind}',
      axes: { platform: platforms, kind: ['debug', 'release'] },
      builder: ({ platform, kind }) => ({ ...common, workers: platform.workers, tags: [kind] }),
    });
    expect(builders.map(({ name }) => name)).toEqual([
      'test-linux-debug',
      'test-linux-release',
      'test-mac-debug',
      'test-mac-release',
    ]);
    expect(builders[2]).toMatchObject({ workers: ['mac-1'], tags: ['debug'] });
  });

  it('leaves out what is excluded, and adds what is included', () => {
    const builders = matrix({
      axes: { platform: ['linux', 'mac'], kind: ['debug', 'release'] },
      exclude: [{ platform: 'mac', kind: 'debug' }],
      include: [{ platform: 'mac', kind: 'debug' }],
      builder: () => ({ ...common, workers: ['any'] }),
    });
    expect(builders.map(({ name }) => name)).toEqual([
      'linux-debug',
      'linux-release',
      'mac-release',
      'mac-debug',
    ]);
  });

  it('makes names of branches that a builder may have', () => {
    const [one] = matrix({
      name: 'app-{branch}',
      axes: { branch: ['release/1.2'] },
      builder: ({ branch }) => ({ ...common, workers: ['any'], branch }),
    });
    expect(one).toMatchObject({ name: 'app-release-1.2', branch: 'release/1.2' });
  });

  it('tells of all names that two cells have', () => {
    expect(() =>
      matrix({
        axes: { branch: ['a/b', 'a-b', 'c', 'c'] },
        builder: () => ({ ...common, workers: ['any'] }),
      }),
    ).toThrow(
      'matrix: two builders would be called "a-b": that of branch "a/b" and that of branch "a-b"; ' +
        'two builders would be called "c": that of branch "c" and that of branch "c"',
    );
  });

  it('tells what is wrong with its axes and its name', () => {
    const builder = () => ({ ...common, workers: ['any'] });
    expect(() => matrix({ name: '{platfrom}', axes: { platform: [] }, builder })).toThrow(
      'matrix: the axis "platform" has no values; the name "{platfrom}" asks for "{platfrom}", and the axes are platform',
    );
    expect(() => matrix({ axes: {}, builder })).toThrow('there is no axis');
  });
});
