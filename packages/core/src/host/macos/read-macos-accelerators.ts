import { known, unknown } from '../fact.ts';
import type { AcceleratorFacts, Fact } from '../host-facts.ts';

/** GPU and Neural Engine of Apple silicon, which are parts of the chip that sysctl names. */
export function readMacosAccelerators(
  model: Fact<string>,
  vm: Fact<string | null>,
): Fact<readonly AcceleratorFacts[]> {
  if (!model.known) return unknown(`the chip decides, and it is not known: ${model.why}`);
  if (!model.value.startsWith('Apple ')) {
    return unknown(`graphics of Macs without an Apple chip are not read (the processor is ${model.value})`);
  }
  if (!vm.known) return unknown(`in a virtual machine the chip's parts are not all there, and: ${vm.why}`);
  if (vm.value !== null) return unknown('a virtual machine does not get all parts of the chip');
  const part = (kind: AcceleratorFacts['kind'], name: string): AcceleratorFacts => ({
    kind,
    vendor: 'Apple',
    vendorId: null,
    deviceId: null,
    busId: null,
    name: `${model.value} ${name}`,
    driver: null,
    integrated: true,
  });
  return known(
    [part('gpu', 'GPU'), part('npu', 'Neural Engine')],
    `${model.source}: every Mac chip of Apple has both as parts of it`,
  );
}
