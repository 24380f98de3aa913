/** `import { defineConfig, ... } from 'millrace'`: what a config is written with. */
export * from '@millrace/master/config/surface';
