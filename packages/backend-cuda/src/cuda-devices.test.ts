import { describe, expect, it } from 'vitest';
import { busGpu, driverGpu, known, notKnown, nvidiaFacts, type Parts } from './__fixtures__/nvidia-facts.ts';
import { cudaPredicate } from './cuda-predicate.ts';

const TWINS = [driverGpu(0, 'NVIDIA A100', 'GPU-aaaa-1'), driverGpu(1, 'NVIDIA A100', 'GPU-bbbb-2')];
const UNLIKE = [driverGpu(0, 'NVIDIA T400', 'GPU-aaaa-1'), driverGpu(1, 'NVIDIA A100', 'GPU-bbbb-2')];
const NODES = known(['/dev/nvidia0', '/dev/nvidia1']);

function namesOf(parts: Parts): readonly string[] {
  return cudaPredicate(nvidiaFacts({ deviceNodes: NODES, ...parts })).devices.map(
    ({ id, name }) => `${id} ${name}`,
  );
}

function visible(variable: string, gpus = UNLIKE): Parts {
  return {
    gpus: known(gpus),
    variables: { CUDA_VISIBLE_DEVICES: variable, CUDA_DEVICE_ORDER: 'PCI_BUS_ID' },
  };
}

describe('numbering of devices', () => {
  it('names like GPUs without knowing their order', () => {
    expect(namesOf({ gpus: known(TWINS) })).toEqual(['cuda:0 NVIDIA A100', 'cuda:1 NVIDIA A100']);
  });

  it('does not guess which of unlike GPUs CUDA numbers first', () => {
    const answer = cudaPredicate(nvidiaFacts({ gpus: known(UNLIKE), deviceNodes: NODES }));
    expect(answer.devices.map(({ name }) => name)).toEqual([
      'NVIDIA T400 or NVIDIA A100',
      'NVIDIA T400 or NVIDIA A100',
    ]);
    expect(answer.reasons.map(({ remedy }) => remedy)).toEqual([
      expect.stringContaining('CUDA_DEVICE_ORDER=PCI_BUS_ID'),
    ]);
  });

  it('follows the bus where CUDA is told to', () => {
    expect(
      namesOf({ gpus: known(UNLIKE.toReversed()), variables: { CUDA_DEVICE_ORDER: 'PCI_BUS_ID' } }),
    ).toEqual(['cuda:0 NVIDIA T400', 'cuda:1 NVIDIA A100']);
  });

  it.each([
    ['0,1', ['cuda:0 NVIDIA T400', 'cuda:1 NVIDIA A100']],
    ['1,0', ['cuda:0 NVIDIA A100', 'cuda:1 NVIDIA T400']],
    ['1', ['cuda:0 NVIDIA A100']],
    [' 1 , 0 ', ['cuda:0 NVIDIA A100', 'cuda:1 NVIDIA T400']],
    ['GPU-bbbb', ['cuda:0 NVIDIA A100']],
    ['gpu-BBBB-2,GPU-aaaa-1', ['cuda:0 NVIDIA A100', 'cuda:1 NVIDIA T400']],
    ['1,7,0', ['cuda:0 NVIDIA A100']],
    ['1,1', ['cuda:0 NVIDIA A100']],
    ['0,-1,1', ['cuda:0 NVIDIA T400']],
    ['0,GPU-cccc,1', ['cuda:0 NVIDIA T400']],
    ['MIG-0f0f', ['cuda:0 MIG instance MIG-0f0f']],
    ['7', []],
    ['2', []],
    ['1,2', ['cuda:0 NVIDIA A100']],
    ['none', []],
    ['GPU-', []],
    ['GPU-cccc', []],
  ])('CUDA_VISIBLE_DEVICES=%s', (variable, devices) => {
    expect(namesOf(visible(variable))).toEqual(devices);
  });

  it('names a GPU by its identifier even when the order is not known', () => {
    const variables = { CUDA_VISIBLE_DEVICES: 'GPU-bbbb' };
    expect(namesOf({ gpus: known(UNLIKE), variables })).toEqual(['cuda:0 NVIDIA A100']);
  });

  it('takes an identifier that it cannot check', () => {
    const gpus = [driverGpu(0, 'NVIDIA A100'), driverGpu(1, 'NVIDIA A100')];
    expect(namesOf(visible('GPU-cccc', gpus))).toEqual(['cuda:0 NVIDIA GPU GPU-cccc']);
  });

  it('takes a number where GPUs are not counted, as in WSL 2', () => {
    const wsl = { accelerators: known([]), gpus: notKnown(), deviceNodes: known(['/dev/dxg']) };
    expect(namesOf({ ...wsl, variables: { CUDA_VISIBLE_DEVICES: '3' } })).toEqual(['cuda:0 NVIDIA GPU']);
  });

  it('says which entry ended the list', () => {
    const [note] = cudaPredicate(nvidiaFacts({ deviceNodes: NODES, ...visible('1,7,0') })).reasons;
    expect(note?.message).toContain('`7` names no further GPU');
    expect(note?.message).toContain('1 of 2 GPUs');
  });

  it('says that devices were numbered anew when all are shown in another order', () => {
    const { reasons } = cudaPredicate(nvidiaFacts({ deviceNodes: NODES, ...visible('1,0') }));
    expect(reasons.map(({ code }) => code)).toEqual(['device-unknown']);
  });

  it('counts nodes, because a container may get fewer GPUs than its driver lists', () => {
    expect(namesOf({ gpus: known(UNLIKE), deviceNodes: known(['/dev/nvidia1']) })).toEqual([
      'cuda:0 NVIDIA GPU',
    ]);
    expect(namesOf({ gpus: known(TWINS), deviceNodes: known(['/dev/nvidia1']) })).toEqual([
      'cuda:0 NVIDIA A100',
    ]);
  });

  it('leaves out a driver version that is not known', () => {
    const [device] = cudaPredicate(nvidiaFacts({ driverVersion: notKnown() })).devices;
    expect(device).not.toHaveProperty('driver');
  });

  it('gives a GPU its identifier as another name where it is certain which one it is', () => {
    const aliasesOf = (parts: Parts) =>
      cudaPredicate(nvidiaFacts({ deviceNodes: NODES, ...parts })).devices.map(({ id, aliases }) => [
        id,
        aliases ?? [],
      ]);
    expect(aliasesOf(visible('1,0'))).toEqual([
      ['cuda:0', ['GPU-bbbb-2']],
      ['cuda:1', ['GPU-aaaa-1']],
    ]);
    expect(aliasesOf({ gpus: known(TWINS) })).toEqual([
      ['cuda:0', []],
      ['cuda:1', []],
    ]);
    expect(aliasesOf({ gpus: known(TWINS), variables: { CUDA_VISIBLE_DEVICES: 'GPU-bbbb' } })).toEqual([
      ['cuda:0', ['GPU-bbbb-2']],
    ]);
    const only = { gpus: known(TWINS.slice(0, 1)), deviceNodes: known(['/dev/nvidia0']) };
    expect(aliasesOf(only)).toEqual([['cuda:0', ['GPU-aaaa-1']]]);
  });

  it('puts a discrete GPU before an integrated one, each under its own number', () => {
    const gpus = [driverGpu(0, 'NVIDIA GB10'), driverGpu(1, 'NVIDIA A100')];
    const accelerators = known(
      gpus.map(({ busId }, index) => ({ ...busGpu('nvidia'), busId, integrated: index === 0 })),
    );
    const facts = nvidiaFacts({
      gpus: known(gpus),
      accelerators,
      deviceNodes: NODES,
      variables: { CUDA_DEVICE_ORDER: 'PCI_BUS_ID' },
    });
    expect(cudaPredicate(facts).devices.map(({ id, name, integrated }) => [id, name, integrated])).toEqual([
      ['cuda:1', 'NVIDIA A100', false],
      ['cuda:0', 'NVIDIA GB10', true],
    ]);
  });
});
