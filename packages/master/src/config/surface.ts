/*
 * What a config may import: the meaning of `import ... from 'millrace'`, wherever the config lies.
 */
export { builder, defineConfig, onChange, worker } from './define.ts';
export type {
  BuilderDefinition,
  BuildInput,
  ConfigDefinition,
  OnChangeDefinition,
  SchedulerDefinition,
  StepList,
  WorkerDefinition,
} from './define.ts';
export { hook, repository } from './define-source.ts';
export type {
  CredentialsDefinition,
  HookDefinition,
  RepositoryDefinition,
  SecretSource,
} from './define-source.ts';
export { token } from './define-access.ts';
export type {
  RateLimitDefinition,
  RateLimitsDefinition,
  TlsDefinition,
  TokenDefinition,
  TokenHashDefinition,
  TokenHashesDefinition,
} from './define-access.ts';
export { property } from './late-value.ts';
export type { LateValue, Text } from './late-value.ts';
export { checkout, sh } from './step.ts';
export type { CheckoutOptions, CheckoutStep, Limits, ShOptions, ShStep, Step, StepOptions } from './step.ts';
export type { Scope, Visibility } from './access-config.ts';
