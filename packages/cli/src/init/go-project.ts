import type { Recognise } from './recognised.ts';

/** Go modules, or a workspace of them. */
export const goProject: Recognise = (files) => {
  const workspace = files.has('go.work');
  if (!workspace && !files.has('go.mod')) return undefined;
  // `./...` in a workspace's own folder means nothing where that folder is no module.
  const packages = workspace && !files.has('go.mod') ? modulesIn(files.text('go.work')) : './...';
  return {
    kind: 'go',
    because: [workspace ? 'go.work' : 'go.mod'],
    steps: [
      { line: `go build ${packages}` },
      { line: `go vet ${packages}` },
      { line: `go test ${packages}` },
    ],
    env: {},
    tools: [{ command: 'go', from: 'golang-go' }],
  };
};

function modulesIn(text: string): string {
  const block = /^use\s*\(([^)]*)\)/m.exec(text)?.[1] ?? '';
  const single = [...text.matchAll(/^use\s+([^\s(]+)/gm)].map(([, folder]) => folder ?? '');
  const folders = [...block.split(/\s+/), ...single].filter((folder) => /^[\w.][\w./-]*$/.test(folder));
  return folders.length === 0 ? './...' : folders.map((folder) => `${folder}/...`).join(' ');
}
