import type { Build, BuildDetail } from '@millrace/protocol/api/builds';
import type { ApiClient } from './api-client.ts';
import { printable } from './printable.ts';
import { UsageError } from './usage-error.ts';

/** The build that `17` (its id) or `linux#17` (its builder and number) names. */
export async function findBuild(client: ApiClient, named: string): Promise<BuildDetail> {
  return client.get<BuildDetail>(`/builds/${await findBuildId(client, named)}`);
}

export async function findBuildId(client: ApiClient, named: string): Promise<number> {
  if (/^[1-9][0-9]{0,15}$/u.test(named)) return Number(named);
  const [, builder, number] = /^(.+)#([1-9][0-9]{0,15})$/su.exec(named) ?? [];
  if (builder === undefined || number === undefined) {
    throw new UsageError(
      `"${printable(named)}" names no build: give its id (17) or its builder and number (linux#17).`,
    );
  }
  const found = await client.get<{ items: Build[] }>('/builds', { builder, number, limit: 1 });
  const build = found.items.find((item) => item.builder === builder && item.number === Number(number));
  if (build === undefined) {
    throw new UsageError(
      `there is no build ${printable(named)}: "millrace builds --builder ${printable(builder)}" lists them.`,
    );
  }
  return build.id;
}
