import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The pages stand at the root of the master's port; in development they ask a master, or the fixture, from here. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': process.env.MILLRACE_URL ?? 'http://127.0.0.1:8020' } },
});
