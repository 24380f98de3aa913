import type { WorkerFacts } from '@millrace/protocol/api/workers';

const gibibyte = 1024 ** 3;

/** What a worker says of its machine, in a line: `linux 6.12 x64 · 8 processors · 16 GiB · git 2.47 · ...`. */
export function factsText(facts: WorkerFacts): string {
  const { os, release, architecture, hostname, cpus, memoryBytes, image, tools = {}, version } = facts;
  return [
    image,
    [os, release, architecture].filter(Boolean).join(' '),
    hostname,
    `${cpus} ${cpus === 1 ? 'processor' : 'processors'}`,
    `${(memoryBytes / gibibyte).toFixed(0)} GiB memory`,
    ...Object.entries(tools).map(([name, found]) => `${name} ${found}`),
    `millrace ${version}`,
  ]
    .filter((part) => part !== undefined && part !== '')
    .join(' · ');
}
