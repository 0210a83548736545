import { EngineError, SettingsError, type DeviceV1, type OptionSpecV1 } from '@switchyard/core';
import { ORT_SESSION_OPTIONS } from '@switchyard/ort-host';
import { describe, expect, it } from 'vitest';
import { OPTIONS, readOptions } from './coreml-options.ts';
import { COREML_UNITS } from './coreml-units.ts';

function device(id: string): DeviceV1 {
  return { id, name: 'Apple M4 Max', kind: 'gpu', software: false };
}

describe('options', () => {
  it('are the shared session options and four of its own, nothing else', () => {
    expect(Object.keys(OPTIONS).toSorted()).toEqual(
      [
        ...Object.keys(ORT_SESSION_OPTIONS),
        'units',
        'modelFormat',
        'staticShapesOnly',
        'subgraphs',
      ].toSorted(),
    );
  });

  it('have a description that is a sentence', () => {
    for (const spec of Object.values(OPTIONS)) expect(spec.description).toMatch(/\S\.$/);
  });

  it.each(COREML_UNITS)('takes the units from the device coreml:%s', (units) => {
    expect(readOptions({}, device(`coreml:${units}`)).choice).toEqual({
      units,
      modelFormat: 'neuralNetwork',
      staticShapesOnly: false,
      subgraphs: false,
    });
  });

  it('takes units that say the same as the device', () => {
    const { choice } = readOptions(
      { units: 'cpuOnly', modelFormat: 'mlProgram', subgraphs: true },
      device('coreml:cpuOnly'),
    );
    expect(choice).toEqual({
      units: 'cpuOnly',
      modelFormat: 'mlProgram',
      staticShapesOnly: false,
      subgraphs: true,
    });
  });

  it('refuses every pair of units and device that differ', () => {
    for (const units of COREML_UNITS)
      for (const other of COREML_UNITS.filter((each) => each !== units)) {
        const read = (): unknown => readOptions({ units: other }, device(`coreml:${units}`));
        expect(read).toThrow(SettingsError);
        expect(read).toThrow(`choose the device \`coreml:${other}\``);
        expect(read).toThrow(expect.objectContaining({ code: 'conflict' }));
      }
  });

  it.each(Object.entries(ORT_SESSION_OPTIONS))('leaves %s to the session', (name, spec) => {
    const value = sampleOf(spec);
    const { session } = readOptions({ staticShapesOnly: true, [name]: value }, device('coreml:all'));
    expect(session).toEqual({ [name]: value });
  });

  it.each([
    ['coreMlFlags', 16],
    ['useCPUOnly', true],
    ['modelFormat', 'MLProgram'],
    ['units', 'ALL'],
    ['staticShapesOnly', 'true'],
    ['subgraphs', 1],
  ])('refuses %s: %s', (name, value) => {
    const read = (): unknown => readOptions({ [name]: value }, device('coreml:all'));
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(expect.objectContaining({ code: 'invalid-value' }));
  });

  it.each(['coreml:ALL', 'coreml:', 'all', 'cuda:0', 'cpu'])('refuses the device %s', (id) => {
    const read = (): unknown => readOptions({}, device(id));
    expect(read).toThrow(EngineError);
    expect(read).toThrow(/not a device of the `mps-coreml` backend.*`coreml:cpuAndGPU`/);
  });
});

function sampleOf(spec: OptionSpecV1): boolean | number | string {
  switch (spec.type) {
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return spec.minimum ?? spec.maximum ?? 1;
    case 'enum':
      return spec.values[0]!;
    case 'string':
      return 'text';
  }
}
