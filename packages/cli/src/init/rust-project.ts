import type { Recognise } from './recognised.ts';

/** Cargo: everything of the workspace, with the versions of `Cargo.lock` where it is committed. */
export const rustProject: Recognise = (files) => {
  if (!files.has('Cargo.toml')) return undefined;
  const locked = files.has('Cargo.lock');
  const options = [
    /^\s*\[workspace\]/m.test(files.text('Cargo.toml')) ? ' --workspace' : '',
    locked ? ' --locked' : '',
  ].join('');
  return {
    kind: 'rust',
    because: ['Cargo.toml', ...(locked ? ['Cargo.lock'] : [])],
    steps: [
      { line: `cargo build${options}`, ...(locked ? { why: 'Exactly what Cargo.lock says.' } : {}) },
      { line: `cargo test${options}` },
    ],
    env: {},
    tools: [
      { command: 'cargo', from: 'cargo, or https://rustup.rs' },
      { command: 'cc', from: 'gcc' },
    ],
  };
};
