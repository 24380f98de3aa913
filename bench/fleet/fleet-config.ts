export interface FleetConfig {
  readonly workers: number;
  readonly builders: number;
  /** Of each build. */
  readonly stepsPerBuild: number;
  /** The source of each step in the config; absent: `sh(['true'], { name: 'step ' + index })`. */
  readonly step?: string;
  /** A repository `app` beside the config, each change of which all builders build. */
  readonly onChange?: boolean;
}

/** Of one among many. */
export const workerName = (index: number): string => `w${index}`;
export const builderName = (index: number): string => `b${index}`;

/** The text of a config with so many workers and builders; every worker runs every builder. */
export function fleetConfig(config: FleetConfig): string {
  const {
    workers,
    builders,
    stepsPerBuild,
    step = `sh(['true'], { name: 'step ' + index })`,
    onChange = false,
  } = config;
  return `
import { builder, defineConfig, onChange, repository, sh, worker } from 'millrace';

const workers = Array.from({ length: ${workers} }, (_, index) => 'w' + index);
const steps = Array.from({ length: ${stepsPerBuild} }, (_, index) => ${step});
const builders = Array.from({ length: ${builders} }, (_, index) => 'b' + index);

export default defineConfig({
  ${onChange ? `repositories: [repository({ name: 'app', git: './repository', branches: ['main'], pollEveryMs: 30_000 })],` : ''}
  ${onChange ? `schedulers: [onChange({ name: 'every-push', repository: 'app', branches: ['main'], builders })],` : ''}
  workers: workers.map((name) => worker({ name })),
  builders: builders.map((name) => builder({ name, workers, ${onChange ? `repository: 'app',` : ''} steps: () => steps })),
});
`;
}
