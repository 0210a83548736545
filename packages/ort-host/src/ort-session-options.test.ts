import { readdirSync } from 'node:fs';
import { SettingsError, makeTensor, type OptionValuesV1 } from '@switchyard/core';
import { mlpModel } from '@switchyard/onnx/testing';
import { describe, expect, it } from 'vitest';
import { openModel } from './__fixtures__/open-model.ts';
import { runScript } from './__fixtures__/run-script.ts';
import { engineOptions } from './ort-session-options.ts';

const threads = (): number => readdirSync('/proc/self/task').length;

async function threadsOf(options: OptionValuesV1): Promise<number> {
  await (await openModel(mlpModel()))[Symbol.asyncDispose]();
  const before = threads();
  const session = await openModel(mlpModel(), options);
  const made = threads() - before;
  await session[Symbol.asyncDispose]();
  return made;
}

/** What a session with these options says on standard error while it opens and runs. */
function logOf(options: OptionValuesV1): string {
  const { status, stdout, stderr } = runScript(
    `import { mlpModel } from '@switchyard/onnx/testing';
     import { openModel } from './src/__fixtures__/open-model.ts';
     const session = await openModel(mlpModel(), JSON.parse(process.argv.at(-1)));
     await session[Symbol.asyncDispose]();`,
    [JSON.stringify(options)],
  );
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  return stderr;
}

const nodes = (level: string): string | undefined =>
  /Number of nodes: (\d+)/.exec(logOf({ graphOptimization: level, logSeverity: 'verbose' }))?.[1];

const processorTime = async (allowSpinning: boolean): Promise<number> => {
  const session = await openModel(mlpModel([256, 512, 512, 10]), { allowSpinning, intraOpThreads: 4 });
  const x = makeTensor('float32', [64, 256], new Float32Array(64 * 256));
  await session.doRun({ x });
  const start = process.cpuUsage();
  for (let round = 0; round < 20; round += 1) {
    await session.doRun({ x });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { user, system } = process.cpuUsage(start);
  await session[Symbol.asyncDispose]();
  return user + system;
};

describe('options with an effect', () => {
  it.runIf(process.platform === 'linux')('intraOpThreads makes threads beside the calling one', async () => {
    expect(await threadsOf({ intraOpThreads: 1 })).toBe(0);
    expect(await threadsOf({ intraOpThreads: 6 })).toBe(5);
  });

  it.runIf(process.platform === 'linux')('executionMode and interOpThreads make a second pool', async () => {
    const options = { intraOpThreads: 1, executionMode: 'parallel', interOpThreads: 5 };
    expect(await threadsOf(options)).toBe(4);
    expect(await threadsOf({ intraOpThreads: 1, executionMode: 'sequential' })).toBe(0);
  });

  it('graphOptimization rewrites the graph, or leaves it alone', () => {
    expect(nodes('disabled')).toBe('3');
    expect(nodes('all')).toBe('2');
  });

  it('allowSpinning keeps idle threads busy', async () => {
    expect(await processorTime(true)).toBeGreaterThan(2 * (await processorTime(false)));
  });

  it('logSeverity decides what the session says; by default nothing', () => {
    expect(logOf({})).toBe('');
    expect(logOf({ logSeverity: 'info' })).toContain('[I:onnxruntime');
  });
});

describe('options that are refused', () => {
  const cpu = { name: 'cpu' } as const;
  it.each([
    [{ intraOpThread: 1 }, /Did you mean `intraOpThreads`/],
    [{ intraOpThreads: 0 }, /cannot be 0/],
    [{ intraOpThreads: 70_000 }, /at most 1024/],
    [{ graphOptimization: 'some' }, /one of `disabled`/],
    [{ interOpThreads: 4 }, /has no effect.*Set `executionMode` to `parallel`/],
    [{ interOpThreads: 4, executionMode: 'sequential' }, /has no effect/],
    [{ strictProvider: true }, /the one that was asked for/],
    [{ memoryPattern: true }, /no option `memoryPattern`/],
  ])('%o', (values, message) => {
    expect(() => engineOptions(values, cpu, 'cpu')).toThrow(SettingsError);
    expect(() => engineOptions(values, cpu, 'cpu')).toThrow(message);
  });

  it('does so when a model is opened', async () => {
    await expect(openModel(mlpModel(), { freeDimensions: 'x' })).rejects.toMatchObject({
      code: 'invalid-value',
    });
  });
});

it('passes exactly one provider, with its options under the names of the binding', () => {
  expect(engineOptions({ strictProvider: true }, { name: 'cuda', options: { deviceId: 1 } }, 'cuda')).toEqual(
    {
      executionProviders: [{ name: 'cuda', deviceId: 1 }],
      logSeverityLevel: 4,
      extra: { session: { disable_cpu_ep_fallback: '1' } },
    },
  );
});
