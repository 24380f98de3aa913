import { createProgram } from './program.ts';
import { endWithWrapper } from './wrapped.ts';

endWithWrapper();
await createProgram().parseAsync();
