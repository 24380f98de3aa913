import type { Config } from '@millrace/master/config/config';
import type { Told } from './told.ts';

/**
 * Every request is built once, to a good end: no reload ended, repeated or lost a build. Each build was planned by the
 * version that it names, which lets its builder run on its worker and was in force when the build was given out.
 */
export function checkBuilds(
  { events, requests, builds }: Told,
  versions: ReadonlyMap<string, Config>,
): string[] {
  const broken: string[] = [];
  const built = new Map<number, number>();
  for (const build of builds) {
    built.set(build.request, (built.get(build.request) ?? 0) + 1);
    const who = `build ${build.id} of ${build.builder} on ${build.worker}`;
    if (build.result !== 'success') broken.push(`${who} ended as ${build.result} (${build.reason})`);
    if (build.madeBy !== build.generation)
      broken.push(`${who} was planned by ${build.madeBy}, and is said to be of ${build.generation}`);
    const builder = versions.get(build.generation)?.builders.find(({ name }) => name === build.builder);
    if (builder === undefined)
      broken.push(`${who} is of ${build.generation}, which does not have its builder`);
    else if (!builder.workers.includes(build.worker))
      broken.push(`${who} is of ${build.generation}, which does not let it run there`);
  }
  for (const request of requests) {
    const times = built.get(request.id) ?? 0;
    if (request.state !== 'finished') broken.push(`request ${request.id} of ${request.builder} never ended`);
    else if (times !== 1) broken.push(`request ${request.id} of ${request.builder} was built ${times} times`);
  }
  const generations = new Map(builds.map(({ id, generation }) => [id, generation]));
  const inForce: string[] = [];
  for (const { type, data, build } of events) {
    if (type === 'config.loaded' || type === 'config.reloaded') inForce.push(String(data['after']));
    if (type !== 'build.started' || build === null) continue;
    // A claim may be on its way to the store while the next config enters it.
    if (!inForce.slice(-2).includes(generations.get(build) ?? ''))
      broken.push(`build ${build} is of ${generations.get(build)}, given out under ${inForce.at(-1)}`);
  }
  return broken;
}
