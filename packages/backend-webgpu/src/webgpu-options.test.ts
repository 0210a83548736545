import { SettingsError } from '@switchyard/core';
import { ORT_SESSION_OPTIONS } from '@switchyard/ort-host';
import { describe, expect, it } from 'vitest';
import { WEBGPU_OPTIONS, claimProcessWide, readOptions } from './webgpu-options.ts';

it('has the shared session options and four of the provider', () => {
  const own = Object.keys(WEBGPU_OPTIONS).filter((key) => !Object.hasOwn(ORT_SESSION_OPTIONS, key));
  expect(own).toEqual(['preferredLayout', 'forceCpuNodeNames', 'validationMode', 'storageBufferCacheMode']);
});

it('divides them between the provider and the session', () => {
  const values = { preferredLayout: 'NHWC', forceCpuNodeNames: '/a/Resize, /b', intraOpThreads: 2 };
  expect(readOptions(values)).toEqual({
    provider: { preferredLayout: 'NHWC', forceCpuNodeNames: ['/a/Resize', '/b'] },
    session: { intraOpThreads: 2 },
  });
  // The engine's own default computes wrong values.
  expect(readOptions({})).toEqual({ provider: { preferredLayout: 'NCHW' }, session: {} });
});

it.each([
  [{ preferredLayout: 'nhwc' }, /one of `NCHW`, `NHWC`/],
  [{ forceCpuNodeNames: '' }, /empty name/],
  [{ forceCpuNodeNames: 'a,,b' }, /empty name/],
  [{ validationMode: 'off' }, /one of `disabled`/],
  [{ deviceId: 1 }, /no option `deviceId`/],
  [{ powerPreference: 'low-power' }, /no option `powerPreference`/],
  [{ enableGraphCapture: true }, /no option `enableGraphCapture`/],
])('refuses %o', (values, message) => {
  expect(() => readOptions(values)).toThrow(SettingsError);
  expect(() => readOptions(values)).toThrow(message);
});

describe('options of which one process has one value', () => {
  it('are those of the first session, defaults included', () => {
    const store = {};
    claimProcessWide({}, store);
    expect(() => claimProcessWide({ validationMode: 'basic' }, store)).not.toThrow();
    expect(() => claimProcessWide({ validationMode: 'full' }, store)).toThrow(
      /`validationMode` cannot be `full` here: the first WebGPU session .* set it to `basic`/,
    );
    expect(() => claimProcessWide({ storageBufferCacheMode: 'simple' }, store)).toThrow(SettingsError);
  });

  it('can be anything in the first', () => {
    const store = {};
    claimProcessWide({ storageBufferCacheMode: 'disabled' }, store);
    expect(() => claimProcessWide({}, store)).toThrow(/cannot be `bucket` here/);
  });
});
