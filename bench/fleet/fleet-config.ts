export interface FleetConfig {
  readonly workers: number;
  readonly builders: number;
  readonly stepsPerBuild: number;
}

/** Of one worker among many. */
export const workerName = (index: number): string => `w${index}`;
export const builderName = (index: number): string => `b${index}`;

/** The text of a config with so many workers and builders; every worker runs every builder. */
export function fleetConfig({ workers, builders, stepsPerBuild }: FleetConfig): string {
  return `
import { builder, defineConfig, sh, worker } from 'millrace';

const workers = Array.from({ length: ${workers} }, (_, index) => 'w' + index);
const steps = Array.from({ length: ${stepsPerBuild} }, (_, index) => sh('true', { name: 'step ' + index }));

export default defineConfig({
  workers: workers.map((name) => worker({ name })),
  builders: Array.from({ length: ${builders} }, (_, index) =>
    builder({ name: 'b' + index, workers, steps: () => steps }),
  ),
});
`;
}
