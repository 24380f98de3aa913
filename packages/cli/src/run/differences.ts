import type { WorkerFacts } from '@millrace/protocol/agent/messages';
import { humanSize } from '../client/human-size.ts';

/** Memory that differs by less is the same machine size. */
const memoryShare = 0.25;

/** In what this machine is another than the one that a build ran on: a line each, `what: there, here`. */
export function differences(there: WorkerFacts, here: WorkerFacts): readonly string[] {
  const lines: string[] = [];
  const compare = (what: string, left: string | undefined, right: string | undefined): void => {
    if (left !== undefined && right !== undefined && left !== right)
      lines.push(`${what}: ${left} there, ${right} here`);
  };
  compare('operating system', there.os, here.os);
  compare('image', there.image, here.image);
  compare('kernel', there.release, here.release);
  compare('architecture', there.architecture, here.architecture);
  compare('processors', String(there.cpus), String(here.cpus));
  if (Math.abs(there.memoryBytes - here.memoryBytes) > memoryShare * there.memoryBytes)
    compare('memory', humanSize(BigInt(there.memoryBytes)), humanSize(BigInt(here.memoryBytes)));
  compare('millrace', there.version, here.version);
  // Who told no tools is not said to have none.
  if (there.tools !== undefined && here.tools !== undefined) {
    for (const [tool, version] of Object.entries(there.tools))
      compare(tool, version, here.tools[tool] ?? 'none');
  }
  return lines;
}
