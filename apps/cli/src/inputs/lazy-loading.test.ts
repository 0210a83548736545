import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('loads no library for pictures, sound or archives on import', () => {
  const script = `
    process.dlopen = () => { throw new Error('something native was loaded'); };
    const { registerHooks } = await import('node:module');
    const loaded = [];
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
    await import(${JSON.stringify(new URL('index.ts', import.meta.url).href)});
    await import(${JSON.stringify(new URL('../outputs/index.ts', import.meta.url).href)});
    console.log(loaded.join('\\n'));
  `;
  const loaded = execFileSync(
    process.execPath,
    ['--conditions=@switchyard/source', '--input-type=module', '--eval', script],
    { encoding: 'utf8' },
  );
  expect(loaded).toContain('load-input.ts');
  expect(loaded).toContain('save-outputs.ts');
  expect(loaded).not.toMatch(/node_modules[\\/](?:\.pnpm[\\/])?(?:sharp|wavefile|fflate)/u);
});
