import { expect, it } from 'vitest';
import { hostVariables } from './host-variables.ts';

it('keeps the variables of engines as they are, sorted, and nothing else', () => {
  const environment = {
    PATH: '/bin',
    AWS_SECRET_ACCESS_KEY: 'secret',
    OMP_NUM_THREADS: '4',
    CUDA_VISIBLE_DEVICES: '',
    ORT_LOGGING_LEVEL: '1',
    TBBROOT: '/opt/tbb',
    TBB_VERSION: '1',
    LD_LIBRARY_PATH: undefined,
    MY_CUDA_HOME: '/x',
  };
  const variables = hostVariables(environment);
  expect(Object.entries(variables)).toEqual([
    ['CUDA_VISIBLE_DEVICES', ''],
    ['OMP_NUM_THREADS', '4'],
    ['ORT_LOGGING_LEVEL', '1'],
    ['TBBROOT', '/opt/tbb'],
    ['TBB_VERSION', '1'],
  ]);
});
