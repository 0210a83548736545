import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Engines live in processes of their own here; loading one takes its time on a busy machine.
  test: { include: ['src/**/*.test.ts'], pool: 'forks', testTimeout: 60_000 },
});
