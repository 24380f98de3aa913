import { seeds } from './seeds.ts';

seeds(1_000_001, 120);
